"""What a user can put right."""


class InputError(Exception):
    """Something outside the program is wrong: a file, a parameter, the disk, a missing package.

    The message is one line that names the place (file and line or byte, or the dotted parameter),
    what was expected and what to do. Stages print it and exit with code 2.
    """


class ShareDoneError(Exception):
    """An array job has done its share: the stage ends here, and publishes nothing."""
