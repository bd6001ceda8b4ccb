"""The states and moves as a Mermaid diagram, for `docs/reference/curation.md`."""

from __future__ import annotations

from ckanext.ntbsatudata.domain.curation.states import Stage, State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS


def diagram() -> str:
    """Return the Mermaid text of the state diagram, grouped by legal stage; equal tables give equal text."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    for stage in Stage:
        lines.append(f"    state {stage.value} {{")
        lines += [f"        {state.value}" for state in State if state.stage is stage]
        lines.append("    }")
    for transition in TRANSITIONS.values():
        for source in sorted(transition.sources, key=list(State).index):
            lines.append(f"    {source.value} --> {transition.target.value}: {transition.move.value}")
            if transition.to_if_priority is not None:
                lines.append(f"    {source.value} --> {transition.to_if_priority.value}: {transition.move.value} (data prioritas)")
    lines += [f"    {state.value} --> [*]" for state in State if state.final]
    return "\n".join(lines) + "\n"
