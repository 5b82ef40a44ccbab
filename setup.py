"""The wheel carries the migrations of ``alembic/`` as ``storage/migrations``: a top-level folder
``alembic`` in site-packages would stand in the library's way."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithMigrations(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        source = Path(__file__).parent / "alembic"
        for script in [*source.glob("*.py"), *source.glob("*.mako"), *source.glob("versions/*.py")]:
            target = Path(self.build_lib, "storage", "migrations", script.relative_to(source))
            self.mkpath(str(target.parent))
            self.copy_file(str(script), str(target))


setup(cmdclass={"build_py": BuildWithMigrations})
