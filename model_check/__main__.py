"""Entry point of the `tee-rider` command."""

from tee_rider.model_check.cli import app


def main() -> None:
    """Run the command line and exit with its code."""
    app(prog_name="tee-rider")


if __name__ == "__main__":
    main()
