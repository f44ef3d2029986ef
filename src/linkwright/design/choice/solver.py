"""The solver of linear and integer programmes as we want it (HiGHS)."""

import highspy


class Solver(highspy.Highs):
    """Silent from the start (the banner comes with the callbacks), one thread, fixed seed: repeatable to the bit."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        for option, value in (("threads", 1), ("random_seed", 0), ("parallel", "off")):
            self.setOptionValue(option, value)

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]
