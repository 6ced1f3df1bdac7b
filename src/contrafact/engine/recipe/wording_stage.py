"""What a request about some sections' players, or about a fade, means, in words."""

from collections.abc import Mapping
from types import MappingProxyType

from contrafact.engine.listening.chart import Chart
from contrafact.engine.recipe.form_intents import Fade, PartsAt
from contrafact.engine.recipe.forming import ORDINALS
from contrafact.engine.recipe.intents import Intent
from contrafact.engine.recipe.recipe import Recipe

_NAMES: Mapping[str, str] = MappingProxyType({"vocals": "voice", "other": "other instruments"})


def about_staging(intent: Intent, recipe: Recipe, chart: Chart) -> str:
    """ "without drums in every verse", "fades out over the last 10 seconds"; empty for anything else."""
    match intent:
        case Fade(_, _, at_end):
            seconds = recipe.form.fade_out_s if at_end else recipe.form.fade_in_s
            if not seconds:
                return "no fade"
            return f"fades {'out' if at_end else 'in'} over the {'last' if at_end else 'first'} {seconds:.0f} seconds"
        case PartsAt():
            return _rule(intent, chart)
        case _:
            return ""


def _rule(intent: PartsAt, chart: Chart) -> str:
    names = [_NAMES.get(part, part.replace("-", " ")) for part in intent.parts]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    verb = {"drop": f"without {who}", "add": f"with {who}", "only": f"only {who}"}[intent.action]
    ref = intent.ref
    one = f"the {ORDINALS.get(ref.which, f'{ref.which}th ')}{ref.label}" if ref.which else ""
    if intent.after:
        return f"{verb} after {one or f'the first {ref.label}'}"
    match intent.reach:
        case "there":
            only = ", nowhere else" if intent.action == "add" else ""
            return f"{verb} in {one or f'every {ref.label}'}{only}"
        case "elsewhere":
            return f"{verb} everywhere but in {one or f'any {ref.label}'}"
        case "onwards":
            return f"{verb} from {one or f'the first {ref.label}'} on"
        case "until":
            return f"{verb} until {one or f'the first {ref.label}'}"
