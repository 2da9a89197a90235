"""What can go wrong in the lab itself; never what a diagnosis says."""


class LabError(Exception):
    """The lab could not do its work. The message says what was attempted, and where."""


class HouseholdError(LabError):
    """A household file says something that the lab does not understand. The message names the place."""
