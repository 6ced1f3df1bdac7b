"""The table of modules and the packages that they come from."""

from benchmarks.stems.modules import labelled, modules_manifest
from contrafact.assets import Manifest


def test_every_module_is_in_a_pinned_package_and_its_samples_are_one_thing_each() -> None:
    packages = modules_manifest().by_name
    modules = labelled()
    assert len({module.name for module in modules}) == len(modules) >= 10
    for module in modules:
        assert module.file in packages[module.asset].outputs
        assert module.drums
        assert module.bass
        assert not module.drums & module.bass
    for package in packages.values():
        assert package.carrier.sha256
        assert "copyright" in package.outputs


def test_they_are_under_copyleft_and_no_part_of_what_is_installed_or_learnt_from() -> None:
    packages = modules_manifest().by_name
    assert all(package.licence.startswith("GPL") and not package.default for package in packages.values())
    installed = {asset.carrier.package for asset in Manifest.packaged().asset}
    assert not installed & {package.carrier.package for package in packages.values()}
