"""``python -m relsurvey.cli`` is the ``relsurvey`` command."""

from relsurvey.cli import main

if __name__ == "__main__":
    main()
