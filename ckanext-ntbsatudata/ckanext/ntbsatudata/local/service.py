"""A service: a program that runs as long as the portal does, and a question that tells when it is ready."""

from __future__ import annotations

from ckanext.ntbsatudata.local.process import Process, Program


class Service:
    """Base of all services. A kind of service says its program and when it answers; more only where it must."""

    seconds_to_start = 60.0

    def __init__(self) -> None:
        self.process: Process | None = None

    def program(self) -> Program:
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the service works now."""
        raise NotImplementedError

    def start(self) -> None:
        """Start, after ending what an earlier run may have left, and wait for the first answer. Raises `ServiceFailed`."""
        program = self.program()
        program.end_all()
        self.process = Process(program)
        self.process.wait_until(self.answers, self.seconds_to_start)

    def stop(self) -> None:
        """Stop, also when the start was cut short."""
        if self.process is None:
            self.program().end_all()
        else:
            self.process.stop()

    @property
    def dead(self) -> bool:
        return self.process is None or self.process.exit_code is not None
