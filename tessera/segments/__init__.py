"""`tessera segments`: what is published, and what an edit would do, without a run."""

from typer import Context, Typer

from tessera.output import ExampleName
from tessera.segments.diff import diff
from tessera.segments.listing import tell_segments
from tessera.segments.overlap import overlap
from tessera.segments.preview import preview
from tessera.segments.reasons import explain
from tessera.segments.show import show

segments = Typer(help="The segments: sizes, definitions, reasons; and trying a rule.")
segments.command("list")(tell_segments)
for command in (show, preview, explain, overlap, diff):
    segments.command()(command)


@segments.callback(invoke_without_command=True)
def listing(context: Context, example: ExampleName = "") -> None:
    """List the published segments, try a rule, explain a member, compare an edit."""
    if context.invoked_subcommand is None:
        tell_segments(example)
