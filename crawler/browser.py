"""Chromium, for the lists that only a script can fill (the extra ``[browser]``).

The browser shows pages and fetches nothing: every request that a page makes is caught and put to
the crawl, which asks the host as it asks for everything else (scope, robots.txt, turns, bounds,
accounts) or does not ask at all. Whatever escapes being caught (sockets, workers, prefetching)
finds a proxy that does not exist and a resolver that knows no name.

Playwright is used as it is, not through scrapy-playwright's download handler: that one needs
Twisted's reactor, without which our crawl runs, and lets the browser fetch by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.facts import Missing, Unverified

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page, Playwright, Route

ENVIRONMENT = "XUNJIAN_CHROMIUM"
"""Names the browser's program; ``off``: none is to be used."""
PAGES = 2
"""Pages shown at the same time."""
RESTART_AFTER = 50
"""Pages after which a browser is replaced by a fresh one."""
CRASHES = 3
"""Ends of the browser that nobody asked for, after which it is left alone."""
PAGE_SECONDS = 20.0
"""How long a page may be at work; waiting for a host's turn does not count."""
BUSY_SECONDS = 8.0
"""How long a page that goes on asking is waited for."""
LONGEST = 300.0
"""Seconds that a page may take in all, also while it waits for turns."""
ANSWER_SECONDS = 6.0
"""How long a page's own process may take to say what it shows."""
MAX_DOM = 4_000_000
"""Characters of a page as shown; a larger one is not read."""
MAX_HEAP = 256
"""Megabytes of a page's script heap."""
MAX_MEMORY = 800_000_000
"""Bytes of all the pages' processes together, where the system tells (``/proc``)."""
_TICK = 0.05
_NO_PROXY = "http://127.0.0.1:1"
"""Nobody answers there."""

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "browser360-cn-stable",
)
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)
_ARGUMENTS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    f"--js-flags=--max-old-space-size={MAX_HEAP}",
)
_POLICY = (
    "default-src 'none'; script-src http: https: 'unsafe-inline' 'unsafe-eval';"
    " connect-src http: https:; style-src 'unsafe-inline'; form-action 'none'"
)
"""Scripts and their requests; no pictures, fonts, films, frames, workers, objects or forms."""
_WITHOUT = """
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport', 'WebSocket',
    'EventSource', 'Worker', 'SharedWorker', 'Notification'])
  try { delete window[name]; } catch (e) {}
window.open = () => null;
"""
_SHOWN = f"""(() => {{
  const text = document.documentElement ? document.documentElement.outerHTML : '';
  return text.length > {MAX_DOM} ? null : text;
}})()"""
_NEXT = r"""(click => {
  const says = /^(?:下一?页|下一頁|后一?页|next(?:page)?)[>›»＞]*$/i;
  const arrow = /^[>›»＞]*$/;
  const named = /(?:^|[\s_-])next(?:$|[\s_-]|page)/i;
  const off = /disab|forbid|noclick|unclick/i;
  const bare = t => (t || '').replace(/[\s\[\]【】()（）\u00a0\u3000]/g, '');
  const name = e => typeof e.className === 'string' ? e.className : '';
  const idle = e => off.test(name(e)) || e.hasAttribute('disabled')
    || e.getAttribute('aria-disabled') === 'true';
  for (const e of document.querySelectorAll('a, button, li, span, [onclick]')) {
    if (e.children.length > 3) continue;
    const text = bare(e.textContent);
    const word = says.test(text) || says.test(bare(e.title))
      || says.test(bare(e.getAttribute('aria-label'))) || arrow.test(text) && named.test(name(e));
    if (!word || !e.getClientRects().length) continue;
    const inner = e.querySelector('a, button') || e;
    if ([inner, e, e.parentElement].some(at => at && idle(at))) continue;
    if (click) inner.click();
    return true;
  }
  return false;
})"""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page asks for."""

    url: str
    method: str
    headers: Mapping[str, str]
    """Names in lower case; nothing about the browser itself."""
    body: bytes | None
    script: bool
    """A script's source; else data that a script asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What it gets."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Serve = Callable[[Wanted], Awaitable[Served | None]]
"""Answers a page's request; ``None``: it gets none."""


class NotShown(Exception):
    """The page could not be shown; carries why. ``again``: through no fault of the page."""

    def __init__(self, reason: str, *, again: bool = False) -> None:
        super().__init__(reason)
        self.missing = Unverified(code=Missing.READER, reason=reason)
        self.again = again


# --- whether there is one -------------------------------------------------------------------------


def find_chromium(environment: Mapping[str, str] | None = None) -> str | None:
    """The program of a Chromium, Chrome or Edge on this machine; ``None``: there is none."""
    environment = os.environ if environment is None else environment
    named = environment.get(ENVIRONMENT, "").strip()
    if named:
        return shutil.which(named, path=environment.get("PATH")) if named != "off" else None
    for name in _NAMES:
        if found := shutil.which(name, path=environment.get("PATH")):
            return found
    for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        for rest in _WINDOWS if environment.get(folder) else ():
            if (program := Path(environment[folder]) / rest).is_file():
                return str(program)
    return None


def why_none() -> str | None:
    """Why no browser can be used here and what would mend it, in Chinese; ``None``: one can."""
    if importlib.util.find_spec("playwright") is None:
        return "没有安装浏览器扩展（pip install -r requirements-browser.txt）"
    if find_chromium() is None:
        return (
            "没有找到 Chromium、Chrome 或 Edge 浏览器"
            f"（请安装其一，或用环境变量 {ENVIRONMENT} 写明程序位置）"
        )
    return None


# --- one browser ----------------------------------------------------------------------------------


class Chromium:
    """The browser of one crawl: started when first needed, ended by ``close``. One event loop."""

    def __init__(
        self,
        user_agent: str,
        *,
        restart_after: int = RESTART_AFTER,
        page_seconds: float = PAGE_SECONDS,
        max_memory: int = MAX_MEMORY,
    ) -> None:
        self.page_seconds = page_seconds
        self.max_memory = max_memory
        self.started = 0
        """Browsers started so far."""
        self.said = ""
        """What was said of a start that failed."""
        self._agent = user_agent
        self._restart_after = restart_after
        self._places = asyncio.Semaphore(PAGES)
        self._changing = asyncio.Lock()
        self._left = asyncio.Event()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._session: CDPSession | None = None
        self._users = self._shown = self._crashes = 0
        self._spoiled = False
        self._never: str | None = None
        self._closed = False

    @asynccontextmanager
    async def show(self, url: str, markup: str, serve: Serve) -> AsyncIterator[Shown]:
        """Show a page whose markup is at hand. Raises ``NotShown``, also out of ``Shown``."""
        async with self._places:
            browser = await self._ready()
            try:
                async with asyncio.timeout(LONGEST):
                    shown = await self._open(browser, url, markup, serve)
                    try:
                        yield shown
                    finally:
                        await self._leave(shown)
            except TimeoutError:
                self._spoiled = True
                raise NotShown("页面脚本运行过久，没有等到结果") from None
            except NotShown:
                raise
            except Exception as error:
                if type(error).__module__.partition(".")[0] != "playwright":
                    raise
                log.info("the browser failed on %s: %s", url[:200], str(error)[:300])
                self._spoiled = True
                raise NotShown("浏览器意外退出，没有读到页面", again=True) from None
            finally:
                self._users -= 1
                self._left.set()

    async def _ready(self) -> Browser:
        """A browser that works, with a place in it taken."""
        async with self._changing:
            gone = self._browser is None or not self._browser.is_connected()
            if gone or self._spoiled or self._shown >= self._restart_after:
                while self._users:
                    self._left.clear()
                    await self._left.wait()
                await self._end()
                await self._start()
            if self._browser is None:
                raise NotShown(self._never or "浏览器没有启动")
            self._users += 1
            self._shown += 1
            return self._browser

    async def _start(self) -> None:
        if self._closed:
            raise NotShown("检测已结束")
        if self._never is None and self._crashes >= CRASHES:
            self._never = f"浏览器已 {CRASHES} 次意外退出，不再使用"
        if self._never is None:
            self._never = why_none()
        if self._never is not None:
            raise NotShown(self._never)
        from playwright.async_api import Error, async_playwright

        try:
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            as_root = sys.platform != "win32" and os.geteuid() == 0
            self._browser = await self._playwright.chromium.launch(
                executable_path=find_chromium(),
                headless=True,
                # Chromium refuses its sandbox to root, and to nobody else.
                chromium_sandbox=not as_root,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=30_000,
                proxy={"server": _NO_PROXY, "bypass": "<-loopback>"},
                args=list(_ARGUMENTS),
            )
            self._session = await self._browser.new_browser_cdp_session()
        except (Error, OSError) as error:
            log.warning("the browser does not start: %s", error)
            self.said = " ".join(str(error).split())[:300]
            self._never = f"浏览器启动不了（{find_chromium()}），请运行 xunjian doctor 查看"
            await self._end()
            raise NotShown(self._never) from None
        self.started += 1
        self._shown = 0
        self._spoiled = False

    async def _open(self, browser: Browser, url: str, markup: str, serve: Serve) -> Shown:
        context = await browser.new_context(
            user_agent=self._agent,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 1280, "height": 2000},
            service_workers="block",
            accept_downloads=False,
        )
        context.set_default_timeout(self.page_seconds * 1000)
        await context.add_init_script(_WITHOUT)
        page = await context.new_page()
        shown = Shown(self, page, url, markup, serve)
        await context.route("**/*", shown.route)
        page.on("crash", lambda _: shown.crashed.set())
        try:
            await page.goto(url, wait_until="commit")
        except BaseException:
            await self._leave(shown)
            raise
        shown.session = await context.new_cdp_session(page)
        return shown

    async def _leave(self, shown: Shown) -> None:
        """Take a page away; a browser that does not let go of it is not used again."""
        for task in tuple(shown.serving):
            task.cancel()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await shown.page.context.close()
        except Exception:
            self._spoiled = True

    async def memory(self) -> int:
        """Bytes that the pages' processes hold; 0 where the system does not tell."""
        if self._session is None:
            return 0
        told = await self._session.send("SystemInfo.getProcessInfo")
        kinds = told.get("processInfo", ())
        return sum(_resident(int(p["id"])) for p in kinds if p.get("type") == "renderer")

    def spoil(self) -> None:
        """Not to be used for another page."""
        self._spoiled = True

    async def _end(self) -> None:
        browser, self._browser, self._session = self._browser, None, None
        if browser is None:
            return
        if not browser.is_connected():
            self._crashes += 1
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await browser.close()
        except Exception:
            # Ends with its driver.
            await self._end_driver()

    async def _end_driver(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await playwright.stop()

    async def close(self) -> None:
        """End the browser; nothing may be shown any more."""
        self._closed = True
        await self._end()
        await self._end_driver()


async def try_out() -> tuple[bool, str]:
    """Start the browser and show a page; whether that works, and the program or why not (Chinese).

    What Playwright says of a start that fails is in the second, at most 300 characters.
    """
    if (why := why_none()) is not None:
        return False, why
    one = Chromium("xunjian")

    async def nothing(_: Wanted) -> Served | None:
        return None

    try:
        async with one.show("http://page.invalid/", "<p>ok", nothing) as page:
            await page.markup()
    except NotShown as error:
        return False, one.said or error.missing.reason
    finally:
        await one.close()
    return True, str(find_chromium())


def _resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


# --- one page -------------------------------------------------------------------------------------

_OWN_HEADERS = re.compile(
    r"(?:user-agent|cookie|host|connection|content-length|origin|upgrade-insecure-requests"
    r"|accept-(?:encoding|language)|cache-control|pragma|if-.*|range|sec-.*|proxy-.*)$"
)
"""Headers about the browser; the crawl sends its own."""
_SERVED_HEADERS = re.compile(r"(?:content-type|access-control-.*)$")
_DOCUMENT = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": _POLICY,
}
_DATA = frozenset({"xhr", "fetch"})


class Shown:
    """One page in the browser. Its methods raise ``NotShown``, or what Playwright raises."""

    def __init__(self, chromium: Chromium, page: Page, url: str, markup: str, serve: Serve) -> None:
        self.page = page
        self.session: CDPSession | None = None
        self.crashed = asyncio.Event()
        self.serving: set[asyncio.Task[Any]] = set()
        self.turned_away = 0
        """Requests that are no scripts and no data, or not for a page: frames, moves to elsewhere."""
        self._chromium = chromium
        self._url = url
        self._markup = markup
        self._serve = serve
        self._given = False
        self._waiting = 0
        self._spent = 0.0
        self._looked = 0.0

    async def route(self, route: Route) -> None:
        """Answer one request of the page, or none."""
        request = route.request
        task = asyncio.current_task()
        if task is not None:
            self.serving.add(task)
        self._waiting += 1
        try:
            served: Served | None = None
            kind = request.resource_type
            if kind == "document" and not self._given:
                self._given = True
                await route.fulfill(status=200, headers=_DOCUMENT, body=self._markup.encode())
                return
            if kind in _DATA or kind == "script":
                served = await self._serve(_wanted(request, kind == "script"))
            else:
                self.turned_away += 1
            if kind == "document":
                # "No content": the page stays where it is, instead of making way for an error's.
                await route.fulfill(status=204)
                return
            if served is None:
                await route.abort("blockedbyclient")
                return
            headers = {k: v for k, v in served.headers.items() if _SERVED_HEADERS.match(k)}
            await route.fulfill(status=served.status, headers=headers, body=served.body)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await route.abort()
            raise
        except Exception:
            # The page went away meanwhile.
            log.debug("a request of %s was not answered", self._url[:200], exc_info=True)
        finally:
            self._waiting -= 1
            if task is not None:
                self.serving.discard(task)

    async def settle(self, quiet: float) -> None:
        """Wait until the page has asked for nothing for so many seconds, or is busy too long."""
        rested = busy = 0.0
        while rested < quiet and busy < BUSY_SECONDS:
            await asyncio.sleep(_TICK)
            if self._waiting:
                rested = 0.0
            else:
                rested += _TICK
                busy += _TICK
                self._spent += _TICK
            await self._look_after()

    async def _look_after(self) -> None:
        if self.crashed.is_set():
            self._chromium.spoil()
            raise NotShown("页面脚本使浏览器崩溃（可能占用内存过多）")
        if self._spent > self._chromium.page_seconds:
            raise NotShown(f"页面脚本运行超过 {self._chromium.page_seconds:g} 秒，没有等到结果")
        now = asyncio.get_running_loop().time()
        if now - self._looked >= 0.2:
            self._looked = now
            if await self._chromium.memory() > self._chromium.max_memory:
                self._chromium.spoil()
                raise NotShown("页面脚本占用内存过多，已停止读取")

    async def markup(self) -> str:
        """The page as it is shown now."""
        found = await self._evaluate(_SHOWN)
        if not isinstance(found, str):
            raise NotShown(f"脚本填充后的页面超过 {MAX_DOM // 1_000_000} 百万字，不读取")
        return found

    async def has_next(self) -> bool:
        """Whether the page shows a way to its next rows that can be clicked."""
        return await self._evaluate(f"{_NEXT}(false)") is True

    async def click_next(self) -> None:
        await self._evaluate(f"{_NEXT}(true)")

    async def _evaluate(self, expression: str) -> Any:
        """What an expression gives in a world of its own, in which the page's scripts cannot meddle."""
        if self.session is None:
            raise NotShown("浏览器没有打开页面")
        asking = asyncio.ensure_future(self._in_own_world(self.session, expression))
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            while not asking.done():
                await asyncio.wait([asking], timeout=0.2)
                self._spent += 0.0 if asking.done() else 0.2
                await self._look_after()
                if loop.time() - began > ANSWER_SECONDS and not asking.done():
                    self._chromium.spoil()
                    raise NotShown("页面脚本一直在运行，没有停下来，无法读取")
            return asking.result()
        finally:
            asking.cancel()
            with contextlib.suppress(BaseException):
                await asyncio.wait([asking], timeout=0.1)

    async def _in_own_world(self, session: CDPSession, expression: str) -> Any:
        tree = await session.send("Page.getFrameTree")
        world = await session.send(
            "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]}
        )
        found = await session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world["executionContextId"],
                "returnByValue": True,
            },
        )
        return found.get("result", {}).get("value")


def _wanted(request: Any, script: bool) -> Wanted:
    headers = {
        name: value
        for name, value in request.headers.items()
        if not _OWN_HEADERS.match(name) and value.isascii() and value.isprintable()
    }
    return Wanted(
        url=request.url,
        method=request.method,
        headers=headers,
        body=request.post_data_buffer,
        script=script,
    )
