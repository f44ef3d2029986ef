"""The command line: parse, call, print. Heavy rooms are imported by the command that needs them."""

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def main() -> None:
    """Entry point of the command `linkwright`."""
    from linkwright.cli.audit import audit
    from linkwright.cli.demo import demo
    from linkwright.cli.design import design
    from linkwright.cli.holds import holds
    from linkwright.cli.hub import hub
    from linkwright.cli.key import key
    from linkwright.cli.orders import approve, orders, reject
    from linkwright.cli.partners import partners
    from linkwright.cli.plan import plan
    from linkwright.cli.serve import serve

    app.command()(demo)
    app.command()(serve)
    app.command()(design)
    app.command()(plan)
    app.command()(audit)
    app.command()(holds)
    app.command()(key)
    app.command()(approve)
    app.command()(reject)
    app.add_typer(orders, name="orders")
    app.command()(partners)
    app.add_typer(hub, name="hub")
    app()
