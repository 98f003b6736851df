"""preset: switch params.yaml to another set of values; its comments stay (not a stage of the DAG).

reads    presets/sample.yaml    every parameter, with comments
         presets/NAME.yaml      what differs
writes   params.yaml
"""

from pathlib import Path

import typer

from stages.command import PARAMS, make_app, run

app = make_app()


@app.command()
def main(name: str = typer.Argument(help="a file of presets/, without .yaml")) -> None:
    """Write params.yaml from a preset."""
    from pipeline.io import atomic_file
    from pipeline.presets import compose_preset

    text = compose_preset(Path("presets"), name)
    with atomic_file(PARAMS) as temporary:
        temporary.write_text(text, "utf-8")
    print(f"{PARAMS} is presets/{name}.yaml now; `dvc repro` runs what that changes")


if __name__ == "__main__":
    run(app)
