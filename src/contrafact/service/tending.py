"""What has to be done when nobody asks for it: promised moves, owners' deadlines, news for other programs.

Everything that is due is known to the database, with its moment: this only looks whether there is something, and makes
a job of it, so that it goes on where it was when the machine dies. Most of the time nothing is due, and no job is made.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from contrafact.engine.progress import Progress
from contrafact.kit.errors import ContrafactError
from contrafact.remixes.installation import Installation
from contrafact.remixes.news import delivering_news
from contrafact.remixes.notices import noticing
from contrafact.remixes.releases import answering
from contrafact.service.jobs import JobKind, Step

TEND: Final = "tend"
_EVERY_S: Final = 15.0
_LOOK_AFTER: Final = timedelta(hours=1)
"""How often all that waits for owners is looked at, due or not: each is decided anew, which takes a while."""
Submit = Callable[[str, str, Mapping[str, Any]], str]


class Tender:
    """Looks after an installation from time to time.

    Parameters
    ----------
    installation : Installation
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._looked_at: datetime | None = None

    def kind(self) -> JobKind:
        """The job that does what is due; each step can be done again."""
        steps = (Step("settle", self._settle), Step("tell", self._tell))
        return JobKind(TEND, steps, lambda *_: None)

    def open(self, submit: Submit) -> None:
        """Begin to look, beside the requests."""
        self._thread = threading.Thread(target=self._watch, args=(submit,), name="tender", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def look(self, submit: Submit) -> bool:
        """Make a job of what is due; False when nothing is."""
        now = self._installation.clock.now()
        thorough = self._looked_at is None or now - self._looked_at >= _LOOK_AFTER
        if not thorough and not any(each.due(self._installation) for each in (answering, noticing, delivering_news)):
            return False
        if thorough:
            self._looked_at = now
        submit(TEND, f"{TEND}:{int(now.timestamp() * 1000)}", {"thorough": thorough})
        return True

    def _watch(self, submit: Submit) -> None:
        while not self._ended.is_set():
            # The database is busy or the disk is full: health tells of it, and the next look may find it well.
            with suppress(ContrafactError):
                self.look(submit)
            self._ended.wait(_EVERY_S)

    def _settle(
        self, job: str, arguments: Mapping[str, Any], results: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        work = answering.look_after if arguments["thorough"] else answering.settle
        return {"settled": work(self._installation), "notices": noticing.settle(self._installation)}

    def _tell(
        self, job: str, arguments: Mapping[str, Any], results: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        return {"told": delivering_news.deliver_due(self._installation)}
