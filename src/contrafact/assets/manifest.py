"""The list of models, sounds and songs that Contrafact knows how to fetch: ``manifest.toml``, strictly read."""

import hashlib
import re
import tomllib
from functools import cached_property
from importlib import resources
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from contrafact.assets.errors import AssetError

CarrierKind = Literal["pypi", "npm", "apt", "installed", "bundled"]
Group = Literal["engine", "demo"]

IN_PLACE: frozenset[CarrierKind] = frozenset({"installed", "bundled"})
"""Carriers whose files are used where the package manager put them, and are not copied into the store."""


def _relative(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or str(pure) != path or path == "." or "\\" in path:
        raise ValueError(f"{path!r} is not a plain relative path")
    return path


def _file_name(name: str) -> str:
    # ``ready.json`` is the store's own marker.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) or name == "ready.json":
        raise ValueError(f"{name!r} cannot name a file of an asset")
    return name


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RelativePath = Annotated[str, AfterValidator(_relative)]
FileName = Annotated[str, AfterValidator(_file_name)]
# The patterns keep a name from being read as an option by the client that is given it.
PackageName = Annotated[str, Field(pattern=r"^(@[a-z0-9-]+/)?[A-Za-z0-9][A-Za-z0-9+._-]*$")]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+:~-]*$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_min_length=1)


class CarrierFile(_Strict):
    """One file inside the carrier package.

    ``path`` is its place there (for ``apt`` from the file system root, for ``bundled`` from the ``contrafact``
    package); ``name`` is what the asset calls it. When the asset is converted, only files with ``keep`` stay
    as they are.
    """

    path: RelativePath
    name: FileName
    sha256: Sha256
    keep: bool = False


class Carrier(_Strict):
    """The package that an asset travels in. ``sha256`` and ``size`` (bytes) are of the package file itself."""

    kind: CarrierKind
    package: PackageName
    version: Version
    sha256: Sha256 | None = None
    size: Annotated[int, Field(gt=0)] | None = None


class Asset(_Strict):
    """One model, sound bank or song: where it comes from, what it may be used for, and the files it gives."""

    name: Slug
    group: Group
    default: bool
    purpose: str
    licence: str
    commercial: bool
    attribution: str
    note: str | None = None
    carrier: Carrier
    files: Annotated[tuple[CarrierFile, ...], Field(min_length=1, strict=False)]
    convert: Annotated[str, Field(pattern=r"^contrafact\.assets\.convert\.[a-z0-9_]+$")] | None = None
    produces: Annotated[tuple[FileName, ...], Field(strict=False)] = ()
    revision: Annotated[int, Field(ge=1)] = 1  # raised when the converter gives something else from the same files

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.default and not self.commercial:
            raise ValueError(f"{self.name}: an asset without commercial use cannot be fetched by default")
        if (self.convert is None) != (not self.produces):
            raise ValueError(f"{self.name}: `convert` and `produces` belong together")
        if self.convert is not None and self.carrier.kind in IN_PLACE:
            raise ValueError(f"{self.name}: a file used in place is not converted")
        names = [file.name for file in self.files]
        if len(set(names)) != len(names) or len(set(self.outputs)) != len(self.outputs):
            raise ValueError(f"{self.name}: two files have the same name")
        return self

    @property
    def in_place(self) -> bool:
        """Whether the files are used where they are installed."""
        return self.carrier.kind in IN_PLACE

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the files that the store gives for this asset."""
        return tuple(file.name for file in self.files if file.keep or self.convert is None) + self.produces

    @cached_property
    def definition(self) -> str:
        """A digest of everything that decides the files' content: when it changes, the asset is fetched anew."""
        facts = self.model_dump_json(include={"name", "carrier", "files", "convert", "produces", "revision"})
        return hashlib.sha256(facts.encode()).hexdigest()


class Manifest(_Strict):
    """Every known asset, by unique name."""

    asset: Annotated[tuple[Asset, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        names = [asset.name for asset in self.asset]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"described twice: {', '.join(doubled)}")
        return self

    @cached_property
    def by_name(self) -> dict[str, Asset]:
        return {asset.name: asset for asset in self.asset}

    @classmethod
    def parse(cls, text: str, where: str = "the asset manifest") -> Self:
        """Read a manifest's TOML text; raises :class:`AssetError` that says where it is wrong."""
        try:
            document: dict[str, Any] = tomllib.loads(text)
            return cls.model_validate(document)
        except tomllib.TOMLDecodeError as error:
            raise AssetError(f"{where} is not TOML: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise AssetError(f"{where} is wrong at {place or 'its top'}: {first['msg']}") from error

    @classmethod
    def packaged(cls) -> Self:
        """The manifest that ships with Contrafact."""
        return cls.parse(resources.files("contrafact.assets").joinpath("manifest.toml").read_text(encoding="utf-8"))
