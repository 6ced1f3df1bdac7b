"""``contrafact webhooks``: other programs that are told what happens."""

import click

from contrafact.commands.console import installation, json_option, print_json, say


@click.group()
def webhooks() -> None:
    """Tell other programs what happens (Standard Webhooks)."""


@webhooks.command()
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, help="Only this kind of news; may be given several times.")
@click.option("--allow-private", is_flag=True, help="It may lie in a private network.")
@json_option
def add(url: str, kinds: tuple[str, ...], allow_private: bool, as_json: bool) -> None:
    """Tell URL from now on; prints the secret that messages are signed with, once.

    \b
    Examples:
      contrafact webhooks add https://label.example/hooks
      contrafact webhooks add http://127.0.0.1:9000/ --kind approval.requested --kind release.moved
    """
    from contrafact.remixes.news.delivering_news import add_webhook

    with installation() as opened:
        made = add_webhook(opened, url, kinds, allow_private=allow_private)
    if as_json:
        print_json({"id": made.id, "url": made.url, "kinds": list(made.kinds), "secret": made.secret})
        return
    click.echo(f"{made.id}  {made.secret}")
    say("Keep the secret: it is not shown again.")


@webhooks.command("list")
@json_option
def list_webhooks(as_json: bool) -> None:
    """Who is told, and what became of the newest messages.

    \b
    Example:
      contrafact webhooks list
    """
    from contrafact.remixes.news.delivering_news import deliveries
    from contrafact.remixes.news.delivering_news import webhooks as told

    with installation() as opened:
        found = [(hook, deliveries(opened, hook.id, 5)) for hook in told(opened)]
    if as_json:
        print_json(
            {
                "webhooks": [
                    {
                        "id": hook.id,
                        "url": hook.url,
                        "kinds": list(hook.kinds),
                        "allow_private": hook.allow_private,
                        "created_at": hook.created_at.isoformat(),
                        "newest": [
                            {
                                "id": sent.id,
                                "kind": sent.kind,
                                "state": sent.state,
                                "attempts": [
                                    {"at": at.isoformat(), "status": status, "outcome": outcome}
                                    for at, status, outcome in sent.attempts
                                ],
                            }
                            for sent in newest
                        ],
                    }
                    for hook, newest in found
                ]
            }
        )
        return
    for hook, newest in found:
        click.echo(f"{hook.id}  {hook.url}  {', '.join(hook.kinds) or 'everything'}")
        for sent in newest:
            last = sent.attempts[-1][2] if sent.attempts else "not tried yet"
            click.echo(f"    {sent.kind:20} {sent.state:10} {last}")
    if not found:
        say("Nobody is told.")


@webhooks.command()
@click.argument("webhook")
def remove(webhook: str) -> None:
    """Tell WEBHOOK (its id) no more; what waits for it is given up.

    \b
    Example:
      contrafact webhooks remove whk_…
    """
    from contrafact.remixes.news.delivering_news import remove_webhook

    with installation() as opened:
        remove_webhook(opened, webhook)
    say(f"{webhook} is told no more.")


@webhooks.command()
@click.argument("webhook")
@json_option
@click.pass_context
def test(context: click.Context, webhook: str, as_json: bool) -> None:
    """Send WEBHOOK (its id) a message of the kind webhook.test now; ends with 1 when it does not arrive.

    \b
    Example:
      contrafact webhooks test whk_…
    """
    from contrafact.remixes.news.delivering_news import try_webhook

    with installation() as opened:
        sent = try_webhook(opened, webhook)
    if as_json:
        print_json({"id": sent.id, "state": sent.state, "outcome": sent.attempts[-1][2]})
    else:
        say(f"{sent.state}: {sent.attempts[-1][2]}")
    context.exit(0 if sent.state == "delivered" else 1)
