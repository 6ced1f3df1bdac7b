"""Notices as staff, users and the public see them: the public without a word about anybody."""

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy.orm import Session

from contrafact.remixes.installation import Installation
from contrafact.rights import notices, public_log
from contrafact.rights.clocks import load_clocks
from contrafact.rights.notices import STANDS, Notice


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MissingView(_View):
    field: str
    sentence: str
    rule: str


class StepView(_View):
    state: str
    text: str
    detail: Mapping[str, Any]
    due_at: AwareDatetime | None
    by: str
    at: AwareDatetime


class NoticeView(_View):
    """A notice for whoever runs the service; holds personal data."""

    id: str
    state: str
    channel: str
    received_at: AwareDatetime
    due_at: AwareDatetime | None
    document: Mapping[str, Any]
    missing: tuple[MissingView, ...]
    releases: tuple[str, ...]
    """Taken down, or frozen with what they were made from."""
    steps: tuple[StepView, ...]


class ReceiptView(_View):
    """What whoever served a notice by the public form is told."""

    id: str
    state: str
    missing: tuple[MissingView, ...]
    sentence: str


class LogEntryView(_View):
    """One entry of the public log."""

    number: int
    sha256: str
    previous_sha256: str
    entry: Mapping[str, Any]


class LogPage(_View):
    """A page of the public log, newest first; ``next`` is the number before which the following page begins."""

    entries: tuple[LogEntryView, ...]
    head: str
    next: int | None


class LogCheck(_View):
    """What a check of the whole public log found."""

    entries: int
    head: str
    ok: bool
    problems: tuple[str, ...]


class StrikesView(_View):
    """How often something of a user was taken down by notices that stand."""

    user_id: str
    strikes: int
    limit: int
    repeat_infringer: bool


def view_of(session: Session, found: Notice) -> NoticeView:
    """A notice for staff."""
    return NoticeView(
        id=found.id,
        state=found.state,
        channel=found.channel,
        received_at=found.received_at,
        due_at=found.due_at,
        document=found.document.model_dump(mode="json"),
        missing=_missing(found) if found.state in ("received", "incomplete") else (),
        releases=notices.held_releases(found),
        steps=tuple(
            StepView(state=item.state, text=item.text, detail=item.detail, due_at=item.due_at, by=item.by, at=item.at)
            for item in found.steps
        ),
    )


def receipt_of(view: NoticeView) -> ReceiptView:
    """What whoever served a notice is told at once."""
    if view.missing:
        sentence = "Your notice came, but has no effect yet: " + " ".join(item.sentence for item in view.missing)
    else:
        sentence = "Your notice came and says everything that it must; a person looks at it."
    return ReceiptView(id=view.id, state=view.state, missing=view.missing, sentence=sentence)


def all_notices(installation: Installation, *, only_open: bool = False) -> tuple[NoticeView, ...]:
    """Notices for staff, the newest first; ``only_open`` leaves out those that are over."""
    with installation.database.reading() as session:
        found = notices.notices(session)
        wanted = [item for item in found if not only_open or notices.NEXT[item.state]]
        return tuple(view_of(session, item) for item in wanted)


def one_notice(installation: Installation, notice_id: str) -> NoticeView:
    """One notice for staff.

    Raises
    ------
    NotFound
    """
    with installation.database.reading() as session:
        return view_of(session, notices.notice(session, notice_id))


def log_page(installation: Installation, before: int | None = None, limit: int = 100) -> LogPage:
    """The public log, the newest entries first."""
    with installation.database.reading() as session:
        found = public_log.page(session, before, limit + 1)
        head = public_log.page(session, None, 1)
    entries = tuple(
        LogEntryView(number=item.sequence, sha256=item.sha256, previous_sha256=item.previous_sha256, entry=item.entry)
        for item in found[:limit]
    )
    return LogPage(
        entries=entries,
        head=head[0].sha256 if head else public_log.START,
        next=entries[-1].number if len(found) > limit else None,
    )


def check_log(installation: Installation, head: str | None = None) -> LogCheck:
    """Walk the whole public log; ``head`` is a hash that was kept elsewhere."""
    with installation.database.reading() as session:
        report = public_log.check(session, head)
    return LogCheck(entries=report.entries, head=report.head, ok=report.ok, problems=report.problems)


def strikes_of(installation: Installation, user_id: str) -> StrikesView:
    """Whether a user counts as a repeat infringer."""
    limit = load_clocks(installation.home.root).strikes
    with installation.database.reading() as session:
        count = notices.strikes(session, user_id)
    return StrikesView(user_id=user_id, strikes=count, limit=limit, repeat_infringer=count >= limit)


def stands(view: NoticeView) -> bool:
    """Whether what it took down stays down."""
    return view.state in STANDS


def _missing(found: Notice) -> tuple[MissingView, ...]:
    return tuple(MissingView(field=item.field, sentence=item.sentence, rule=item.rule) for item in found.missing)
