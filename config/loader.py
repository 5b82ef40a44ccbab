"""Finding, reading and checking the configuration files.

``load`` reads ``city.yaml``, ``columns.yaml``, ``sites.yaml`` and ``units.yaml`` of one directory,
``load_standard`` one standard file. Everything that is wrong is raised together as ``ConfigError``,
each problem with file, line, field, reason and remedy, in Chinese.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from config import crosscheck, table_check, yaml_source
from config.crosscheck import Parts, Placed
from config.problems import ConfigError, Loc, Problem, echo, faults, nearest
from config.schema import (
    SLUG_PATTERN,
    Catalogue,
    Category,
    City,
    ColumnSpec,
    Config,
    RuleSetting,
    Site,
    Standard,
    Strict,
    Unit,
    UnitGroup,
)
from config.yaml_source import Source

CITY, COLUMNS, SITES, UNITS = "city.yaml", "columns.yaml", "sites.yaml", "units.yaml"

M = TypeVar("M", bound=BaseModel)


class ColumnsFile(Strict):
    """``columns.yaml``: classes of columns, the catalogues, and each site's own columns."""

    categories: tuple[Category, ...]
    catalogues: tuple[Catalogue, ...] = ()
    site_columns: dict[str, tuple[ColumnSpec, ...]] = Field(default_factory=dict)


class SitesFile(Strict):
    """``sites.yaml``."""

    sites: tuple[Site, ...]


class UnitsFile(Strict):
    """``units.yaml``."""

    required_counts: dict[UnitGroup, Annotated[int, Field(ge=0, le=100_000)]] = Field(
        default_factory=dict
    )
    units: tuple[Unit, ...]


FILES: dict[str, type[BaseModel]] = {
    CITY: City,
    COLUMNS: ColumnsFile,
    SITES: SitesFile,
    UNITS: UnitsFile,
}


def find_config(
    name_or_dir: str | Path, cwd: Path, data_dir: Path | None = None
) -> Path | Traversable:
    """The directory of a configuration.

    A path (anything with a separator, or starting with a dot) is taken as it is, against ``cwd``. A
    name is looked for as ``<cwd>/config/<name>``, ``<data_dir>/config/<name>``, then among the
    configurations that come with the program; so is ``config/<name>`` where no such path exists.
    Raises ``ConfigError`` when there is none.
    """
    text = str(name_or_dir)
    name = text
    if isinstance(name_or_dir, Path) or re.search(r"[/\\]|^\.", text):
        path = cwd / name_or_dir
        if path.is_dir():
            return path
        inner = re.fullmatch(r"config[/\\]([^/\\]+)[/\\]?", text)
        if inner is None:
            raise ConfigError([Problem(text, "没有这个配置目录", "请核对 --config 的路径")])
        name = inner.group(1)
    places: list[Path | Traversable] = [cwd / "config"]
    if data_dir is not None:
        places.append(data_dir / "config")
    places.append(files("config"))
    if re.fullmatch(SLUG_PATTERN, name):
        for place in places:
            candidate = place.joinpath(name)
            if candidate.joinpath(CITY).is_file():
                return candidate
    names = sorted({n for place in places for n in _configurations(place)})
    guess = nearest(name, names)
    remedy = f"是不是 {guess}？" if guess else "可用的配置：" + ("、".join(names) or "无")
    raise ConfigError([Problem(text, "没有这个名称的配置", remedy)])


def _configurations(place: Path | Traversable) -> list[str]:
    if not place.is_dir():
        return []
    return [d.name for d in place.iterdir() if d.is_dir() and d.joinpath(CITY).is_file()]


def load(directory: Path | Traversable) -> Config:
    """Read and cross-check a configuration.

    Raises ``ConfigError`` with all problems of all files. ``Config.warnings`` holds what should be
    looked after and does not stop the work.
    """
    if not directory.is_dir():
        raise ConfigError([Problem(str(directory), "没有这个配置目录", "请核对 --config 的路径")])
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    digest = hashlib.sha256()
    for name in FILES:
        try:
            sources[name], raw = yaml_source.read(directory.joinpath(name), _shown(directory, name))
        except ConfigError as error:
            problems += error.problems
        else:
            digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
    config = assemble(sources, problems, digest.hexdigest())
    if problems or config is None:
        raise ConfigError(problems)
    return config


def _shown(directory: Path | Traversable, name: str) -> str:
    shown = directory.as_posix() if isinstance(directory, Path) else str(directory)
    return f"{shown}/{name}"


def assemble(
    sources: dict[str, Source], problems: list[Problem], digest: str = ""
) -> Config | None:
    """Validate the files by name and cross-check them, adding to ``problems``.

    Returns the configuration when all four files are there and nothing is wrong.
    """
    parsed: dict[str, Any] = {}
    for name, source in sources.items():
        problems += source.problems
        parsed[name] = validate(source, FILES[name], problems)
    parts = _parts(sources, parsed)

    def complain(file: str, loc: Loc, reason: str, remedy: str) -> None:
        problems.append(Problem(sources[file].where(loc), reason, remedy))

    crosscheck.check(parts, complain)
    if problems or not set(FILES) <= set(sources):
        return None
    columns, sites, units = parsed[COLUMNS], parsed[SITES], parsed[UNITS]
    return Config(
        city=parsed[CITY],
        categories=columns.categories,
        catalogues=columns.catalogues,
        sites=tuple(
            s.model_copy(update={"columns": s.columns or columns.site_columns.get(s.id, ())})
            for s in sites.sites
        ),
        units=units.units,
        required_counts=units.required_counts,
        digest=digest,
        warnings=tuple(
            f"{sources[file].where(loc)}：{text}" for file, loc, text in crosscheck.warnings(parts)
        ),
    )


def validate(source: Source, model: type[M], problems: list[Problem]) -> M | None:
    """A file's data as a model; its problems are added to ``problems``."""
    if source.data is None:
        problems.append(Problem(source.shown, "文件是空的", "请按说明写上内容"))
        return None
    if not isinstance(source.data, dict):
        remedy = "每行请写成“字段: 值”，英文冒号后加一个空格"
        problems.append(Problem(source.where(()), "文件不是由“字段: 值”组成的", remedy))
        return None
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        for fault in faults(error, model):
            subject = _subject(source.data, fault.loc)
            problems.append(
                Problem(
                    source.where(fault.loc, fault.at_key),
                    f"{subject}的 {fault.reason}"
                    if subject and _names_field(fault.reason, fault.field)
                    else f"{subject}{fault.reason}",
                    fault.remedy,
                )
            )
        return None


def _names_field(reason: str, field: str) -> bool:
    return bool(field) and reason.startswith(field)


_ENTITIES = {
    "units": "单位",
    "sites": "站点",
    "catalogues": "公开目录",
    "categories": "类别",
    "columns": "栏目",
    "site_columns": "栏目",
    "classes": "问题类别",
    "parts": "部分",
    "indicators": "指标",
    "conditions": "条目",
    "contacts": "联系人",
}


def _subject(data: Any, loc: Loc) -> str:
    """What a place belongs to, as a clerk calls it: 公开目录“政府部门”栏目“部门介绍”."""
    words = []
    here, kind = data, ""
    for step in loc:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, str):
            if kind == "rules":
                words.append(f"规则 {echo(step)} ")
            kind = (
                step
                if step in _ENTITIES or step == "rules"
                else kind
                if kind == "site_columns"
                else ""
            )
        elif kind in _ENTITIES and isinstance(here, dict):
            called = next(
                (here[k] for k in ("short", "name", "title", "id") if isinstance(here.get(k), str)),
                None,
            )
            words.append(
                f"{_ENTITIES[kind]}“{echo(called)}”"
                if called
                else f"第 {step + 1} 个{_ENTITIES[kind]}"
            )
        elif kind in _ENTITIES:
            words.append(f"第 {step + 1} 个{_ENTITIES[kind]}")
    return "".join(words)


def _parts(sources: dict[str, Source], parsed: dict[str, Any]) -> Parts:
    """All that could be read, entry by entry where a file has mistakes."""
    parts = Parts(city=parsed.get(CITY))
    known = parts.known
    for kind, file, key, model in (
        ("category", COLUMNS, "categories", Category),
        ("catalogue", COLUMNS, "catalogues", Catalogue),
        ("site", SITES, "sites", Site),
        ("unit", UNITS, "units", Unit),
    ):
        items = _raw(sources, file, key)
        if not isinstance(items, list):
            continue
        known[kind] = {
            i["id"] for i in items if isinstance(i, dict) and isinstance(i.get("id"), str)
        }
        getattr(parts, key).extend(_valid(items, model, file, (key,)))
    raw = _raw(sources, COLUMNS, "site_columns")
    for site_id, items in (raw if isinstance(raw, dict) else {}).items():
        if isinstance(items, list):
            for placed in _valid(items, ColumnSpec, COLUMNS, ("site_columns", site_id)):
                parts.site_columns.append(Placed((site_id, placed.value), placed.file, placed.loc))
    if parsed.get(UNITS) is not None:
        parts.required_counts = parsed[UNITS].required_counts
    return parts


def _raw(sources: dict[str, Source], file: str, key: str) -> Any:
    data = sources[file].data if file in sources else None
    return data.get(key) if isinstance(data, dict) else None


def _valid(items: Sequence[Any], model: type[BaseModel], file: str, loc: Loc) -> list[Placed]:
    placed = []
    for i, item in enumerate(items):
        try:
            placed.append(Placed(model.model_validate(item), file, (*loc, i)))
        except ValidationError:
            continue
    return placed


Vet = Callable[[Standard], Iterable[tuple[Loc, str, str]]]
"""What is wrong with a standard beyond its shape: the place in the file, what, and how to mend it."""


def load_standard(
    name_or_path: str | Path, search: Sequence[Path] = (), *, vet: Vet | None = None
) -> Standard:
    """Read a standard: a file, or a name found in ``search``, then among the built-in ones.

    ``vet`` knows what this room does not: the rules. Raises ``ConfigError``.
    """
    file = _find_standard(name_or_path, search)
    shown = file.as_posix() if isinstance(file, Path) else str(file)
    problems: list[Problem] = []
    source, raw = yaml_source.read(file, shown)
    problems += source.problems
    standard = validate(source, Standard, problems)
    unpriced = list(_unpriced(source))
    if unpriced:
        standard = None
        problems = [p for p in problems if "没有在 classes 中定义" not in p.reason] + unpriced
    unknown = [*_unknown_classes(source), *_unweighed_classes(source)]
    if unknown:  # the schema tells this too, but not where
        told = ("没有在 classes 中定义", "与问题类别不一致")
        problems = [p for p in problems if not any(t in p.reason for t in told)] + unknown
    if standard is not None:
        classes = [c.id for c in standard.classes]
        for i, class_id in enumerate(classes):
            if class_id in classes[:i]:
                where = source.where(("classes", i, "id"))
                problems.append(Problem(where, f"问题类别的 id “{class_id}”重复", "请换一个 id"))
        vetted = list(vet(standard)) if vet is not None else []
        unknown_rules = [str(loc[1]) for loc, _, _ in vetted if loc[0] == "rules" and len(loc) == 2]
        told_of = [*vetted, *table_check.faults(standard, unknown_rules)]
        places: set[Loc] = set()
        for loc, reason, remedy in told_of:
            if loc not in places:  # a misspelt rule is both unknown and unused
                problems.append(Problem(source.where(loc), reason, remedy))
            places.add(loc)
        named = isinstance(name_or_path, str)
        if named and standard.id != Path(file.name).stem and standard.id in standard_names(search):
            problems.append(
                Problem(
                    source.where(("id",)),
                    f"id “{standard.id}”是另一个标准文件（{standard.id}.yaml）的",
                    "请换一个 id，最好与文件名相同",
                )
            )
    if problems or standard is None:
        raise ConfigError(problems)
    return standard.model_copy(update={"digest": hashlib.sha256(raw).hexdigest()})


def _unpriced(source: Source) -> Iterator[Problem]:
    """What a standard that scores units must say, and one that scores sites need not."""
    data = source.data if isinstance(source.data, dict) else {}
    if data.get("subject") == "site":
        return
    if "classes" not in data and data:
        yield Problem(source.where(()), "缺少 classes", "请补上“classes: …”一行")
    rules = data.get("rules")
    for rule_id, setting in (rules if isinstance(rules, dict) else {}).items():
        for field, words in (("class", "问题类别"), ("points", "每个问题扣的分")):
            if isinstance(setting, dict) and field not in setting:
                if any(
                    nearest(str(k), [field]) for k in setting if k not in RuleSetting.model_fields
                ):
                    continue  # misspelt, which is told already
                yield Problem(
                    source.where(("rules", rule_id, field)),
                    f"规则 {echo(rule_id)} 缺少 {field}（{words}）",
                    f"请补上“{field}: …”一行",
                )


def standard_names(search: Sequence[Path] = ()) -> list[str]:
    """Names of the standards that can be loaded, a clerk's own among them, sorted."""
    places: list[Path | Traversable] = [*search, files("config").joinpath("standards")]
    return sorted(
        {
            file.name.removesuffix(".yaml")
            for place in places
            if place.is_dir()
            for file in place.iterdir()
            if file.name.endswith(".yaml")
        }
    )


def _unknown_classes(source: Source) -> Iterator[Problem]:
    """Rules that name a class which the standard does not define."""
    classes, rules = (
        source.data.get(key) if isinstance(source.data, dict) else None
        for key in ("classes", "rules")
    )
    if not isinstance(classes, list) or not isinstance(rules, dict):
        return
    known = [c["id"] for c in classes if isinstance(c, dict) and isinstance(c.get("id"), str)]
    for rule_id, setting in rules.items():
        wanted = setting.get("class") if isinstance(setting, dict) else None
        if isinstance(wanted, str) and wanted not in known:
            guess = nearest(wanted, known)
            yield Problem(
                source.where(("rules", rule_id, "class")),
                f"规则 {echo(rule_id)} 的 class “{echo(wanted)}”没有在 classes 中定义",
                f"是不是 {guess}？请改正" if guess else "已有的类别：" + "、".join(known),
            )


def _unweighed_classes(source: Source) -> Iterator[Problem]:
    """Classes that the year-end assessment weighs and the standard does not define, or the reverse."""
    data = source.data if isinstance(source.data, dict) else {}
    classes, assessment = data.get("classes"), data.get("assessment")
    weights = assessment.get("classes") if isinstance(assessment, dict) else None
    if not isinstance(classes, list) or not isinstance(weights, dict):
        return
    known = [c["id"] for c in classes if isinstance(c, dict) and isinstance(c.get("id"), str)]
    for class_id in weights:
        if class_id not in known:
            guess = nearest(str(class_id), known)
            yield Problem(
                source.where(("assessment", "classes", class_id), True),
                f"年终考评的 classes 里有没有定义的类别“{echo(class_id)}”",
                f"是不是 {guess}？请改正" if guess else "已有的类别：" + "、".join(known),
            )
    for class_id in known:
        if class_id not in weights:
            yield Problem(
                source.where(("assessment", "classes"), True),
                f"年终考评没有写类别 {echo(class_id)} 的权重",
                f"请在 assessment 的 classes 里补上“{echo(class_id)}: …”，不计的写 0",
            )


def _find_standard(name_or_path: str | Path, search: Sequence[Path]) -> Path | Traversable:
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or re.search(r"[/\\]|\.ya?ml$", text):
        return Path(name_or_path)
    places: list[Path | Traversable] = [*search, files("config").joinpath("standards")]
    if re.fullmatch(SLUG_PATTERN, text):
        for place in places:
            candidate = place.joinpath(f"{text}.yaml")
            if candidate.is_file():
                return candidate
    names = sorted(
        {
            f.name.removesuffix(".yaml")
            for p in places
            if p.is_dir()
            for f in p.iterdir()
            if f.name.endswith(".yaml")
        }
    )
    guess = nearest(text, names)
    remedy = f"是不是 {guess}？" if guess else "可用的检查标准：" + ("、".join(names) or "无")
    raise ConfigError([Problem(text, "没有这个名称的检查标准", remedy)])
