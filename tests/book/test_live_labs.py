"""Labs in the page are the desktop's: readout, alternative text, every pixel."""

import hashlib
import json

import pytest
from browser import PATIENCE
from bs4 import BeautifulSoup
from live_pages import PYTHON, script
from samples import WHOLE, some
from without_jupyter import states

import hlm_teach
from hlm_teach.classroom.book import pages
from hlm_teach.lessons import lab_names

pytestmark = pytest.mark.browser
N_STATES = 30 if WHOLE else 2
AWAKE = f"""async () => {{
    const python = {PYTHON};
    python.listeners.woken.push(() => {{ window.pythonIsAwake = true; }});
    window.pythonIsAwake = python.isAwake(); }}"""
KEPT = """async () => (await Promise.all((await caches.keys()).map(
    async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat()"""
SPOILT = f"""async (name) => {{
    const {{ storage }} = {script("files.js")};
    const url = new URL(`../_static/live/${{name}}`, location.href).href;
    await (await storage()).put(url, new Response('x'));
    return url; }}"""
# What an earlier edition of this site has kept, and what another site at the same address has.
OTHERS = """async () => {
    for (const base of ['', 'elsewhere/']) {
        const folder = new URL(`../${base}_static/live/`, location.href);
        const store = await caches.open(`hlm-unpacked ${folder.pathname}`);
        await store.put(new URL('memory-0123456789ab.bin', folder), new Response('x'));
    } }"""
SEEN = f"""async ([name, values]) => {{
    let host = document.getElementById(name);
    if (!host) {{
        host = Object.assign(document.createElement('div'), {{ id: name }});
        document.querySelector('article').append(host);
        const {{ begin }} = {script("labs.js")};
        await begin(host, name);
    }}
    const {{ lab }} = host.querySelector('.live-lab');
    if (values) await lab.move({{ values }});
    const canvas = lab.canvas, {{ width, height }} = canvas;
    const {{ data }} = canvas.getContext('2d').getImageData(0, 0, width, height);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    return {{ alt: canvas.getAttribute('aria-label'), readout: lab.line.textContent,
             tasks: lab.tasks.textContent, news: lab.news.textContent,
             size: [height, width, 4], pixels: [...digest] }}; }}"""


@pytest.fixture(scope="module")
def page(live):
    """One page in which all labs are opened, one after the other."""
    opened = live.open_again("chapters/02_icc")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", some(lab_names(), 3))
def test_a_lab_in_the_page_is_the_desktop_s(page, name):
    lab, pictures = getattr(hlm_teach, name)(), set()
    for values in [None, *states(lab, N_STATES)]:  # as it opens, and moved
        plain = json.loads(json.dumps(values, default=lambda number: number.item()))
        seen = page.page.evaluate(SEEN, [name, plain])
        lab.set(**(values or {}))
        assert seen["readout"] == lab.readout_text and seen["alt"] == lab.alt_text, values
        tasks = BeautifulSoup(lab.ticks.html(), "html.parser").get_text()
        assert seen["tasks"] == tasks and seen["news"] == lab.ticks.news
        ours = lab.pixels()
        assert seen["size"] == list(ours.shape)
        assert bytes(seen["pixels"]) == hashlib.sha256(ours.tobytes()).digest(), values
        pictures.add(bytes(seen["pixels"]))
    assert len(pictures) > N_STATES / 2
    lab.release()


def test_the_tasks_under_a_lab_stay_when_it_comes_to_life_and_are_ticked_off(live):
    page = live.open_again("chapters/02_icc")
    output = page.page.locator("[data-lab=icc]")
    printed = output.inner_text()
    assert "Tasks, 0 of " in printed
    output.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    lab = hlm_teach.icc_lab()
    tasks = output.locator(".live-tasks")
    for target in lab.ticks.targets:
        assert target.task in tasks.inner_text() and target.shown not in tasks.inner_text()
    first = lab.ticks.targets[0]
    page.page.evaluate(
        "async (values) => document.querySelector('[data-lab=icc] .live-lab').lab.move({ values })",
        dict(first.example),
    )
    assert output.locator(".live-news").inner_text() == f"Task 1 is done. {first.shown}"
    assert "Task 1, done:" in tasks.inner_text() and "Tasks, 1 of " in tasks.inner_text()
    lab.release()
    page.close()


@pytest.fixture
def icc(live):
    """The lab of chapter 02, in its page and alive."""
    page = live.open_again("chapters/02_icc")
    output = page.page.locator("[data-lab=icc]")
    output.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    yield output
    page.close()


def test_a_number_box_shows_what_the_lab_has(icc):
    box = icc.locator("input[type=number]").first
    low, high, before = box.get_attribute("min"), box.get_attribute("max"), box.input_value()
    for typed, then in (("", before), ("1e9", high), ("-5", low)):
        box.fill(typed)
        box.press("Enter")
        box.press("Tab")
        assert float(box.input_value()) == float(then), typed


def test_controls_that_are_moved_in_quick_succession_stand_where_they_were_put(icc):
    stand = icc.evaluate(
        """async (icc) => {
        const { lab } = icc.querySelector('.live-lab'), tracks = [...icc.querySelectorAll('[type=range]')];
        for (const track of tracks) {
            track.value = track.max;
            track.dispatchEvent(new Event('input'));
        }
        while (lab.busy) await new Promise((done) => setTimeout(done, 5));
        return tracks.map((track) => track.value === track.max); }"""
    )
    assert len(stand) >= 3 and all(stand)


def test_nothing_is_loaded_before_the_button_is_pressed_and_its_size_is_said(live):
    page = live.open("chapters/02_icc")
    output = page.page.locator("[data-lab=icc]")
    button = output.get_by_role("button")
    assert not [url for url in page.asked if url.endswith(".bin")]
    sizes = []
    page.page.on(
        "response",
        lambda answer: (
            answer.url.endswith(".bin")
            and sizes.append(int(answer.headers.get("content-length", 0)))
        ),
    )
    said = button.inner_text()
    assert said.startswith("Move the controls here (loads ") and said.endswith(" MB once)")
    button.click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    megabytes = sum(sizes) / 1e6
    assert round(megabytes) == int(said.split()[-3]) and megabytes <= 60
    # Gone from the browser, as in a private window whose cache is small, it has to be loaded again.
    page.goto("chapters/03_random_intercepts")
    later = page.page.locator("[data-lab=poolings]")
    assert later.get_by_role("button").inner_text() == said
    page.complaints.remove("Failed to load resource: net::ERR_CACHE_MISS")  # by which it is known
    page.page.wait_for_timeout(500)  # nothing comes unasked
    later.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=poolings][data-ready]")
    assert page.page.evaluate(f"async () => ({PYTHON}).keep()") == ""
    page.asked.clear()
    page.goto("chapters/04_random_slopes")
    later = page.page.locator("[data-lab=slopes]")
    assert later.get_by_role("button").inner_text() == "Move the controls here"
    # Python is awake before it is asked, in a tab in which it has been.
    page.page.evaluate(AWAKE)
    page.page.wait_for_function("window.pythonIsAwake")
    assert made(page) == ["slopes_lab"]  # and its first lab made
    later.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=slopes][data-ready]")
    assert not [url for url in page.asked if url.endswith(".bin")]
    page.close()


def made(page) -> list[str]:
    """The labs that Python has made in a page."""
    source = "import bridge\nprint(*bridge.labs)"
    head = page.page.evaluate(
        f"async (source) => ({PYTHON}).ask({{ do: 'run', source, name: 'made' }})", source
    )
    return head["head"]["outputs"][0]["text"].split()


def test_what_a_start_unpacks_is_kept_for_the_next_which_asks_for_nothing(live):
    page = live.open("chapters/02_icc")
    output = page.page.locator("[data-lab=icc]")
    output.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    first = output.get_by_role("img").get_attribute("aria-label")
    assert page.page.evaluate(f"async () => ({PYTHON}).keep()") == ""
    kept = page.page.evaluate(KEPT)
    wanted = live.parts
    assert sorted(name.rpartition("/")[2] for name in kept) == sorted(wanted)
    page.asked.clear()
    page.goto("chapters/02_icc")
    output.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    assert output.get_by_role("img").get_attribute("aria-label") == first
    assert not [url for url in page.asked if url.rpartition("/")[2] in wanted]
    page.close()


def test_nothing_is_loaded_twice_to_be_kept_and_older_editions_are_dropped(live):
    page = live.open("chapters/02_icc")
    page.page.evaluate(OTHERS)
    page.awake()
    # Whatever the browser has cached meanwhile is gone: keeping must not need it.
    session = page.page.context.new_cdp_session(page.page)
    session.send("Network.clearBrowserCache")
    assert page.page.evaluate(f"async () => ({PYTHON}).keep()") == ""
    asked = [url.rpartition("/")[2] for url in page.asked]
    assert [asked.count(name) for name in live.parts] == [1] * len(live.parts)
    kept = [url.removeprefix(live.address) for url in page.page.evaluate(KEPT)]
    ours = [f"_static/live/{name}" for name in live.parts]
    assert sorted(kept) == sorted([*ours, "elsewhere/_static/live/memory-0123456789ab.bin"])
    scripts = {url.rpartition("/")[0] for url in page.asked if url.endswith((".js", ".json"))}
    folder = f"{live.address}{pages.live_scripts(live.folder)}"
    assert {place for place in scripts if "/live/" in place} == {folder, f"{folder}/shim"}
    page.close()


def test_kept_copies_that_cannot_be_read_are_dropped_and_fetched_anew(live):
    page = live.open("chapters/02_icc")
    spoilt = page.page.evaluate(SPOILT, live.parts[0])
    assert page.page.evaluate(KEPT) == [spoilt]
    page.page.locator("[data-lab=icc]").get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    assert spoilt in page.asked and page.page.evaluate(KEPT) == []
    page.close()


def test_a_start_that_fails_drops_all_that_was_kept(live):
    page = live.open("chapters/02_icc")
    page.page.evaluate(SPOILT, live.parts[1])  # one letter can be read, but is no bundle
    wake = f"async () => ({PYTHON}).wake().then(() => '', (error) => error.message)"
    assert page.page.evaluate(wake)
    assert page.page.evaluate(KEPT) == []
    for _ in range(20 * PATIENCE):
        if not page.page.workers:
            break
        page.page.wait_for_timeout(50)
    assert page.page.workers == []  # what of it still loaded would load in vain
    assert page.page.evaluate(wake) == ""
    page.close()


def test_a_part_that_does_not_come_is_told_and_asked_for_anew(live):
    page = live.open("chapters/02_icc")
    part = f"**/{live.parts[2]}"
    page.page.context.route(part, lambda route: route.fulfill(body="<p>Down for repair</p>"))
    lab = page.page.locator("[data-lab=icc]")
    lab.get_by_role("button").click()
    lab.get_by_text("A part of Python did not come (it is not whole); try again").wait_for()
    page.page.context.unroute(part)
    lab.get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    page.close()


def test_a_browser_that_refuses_to_keep_is_not_asked_again_in_this_tab(live):
    page = live.open("chapters/02_icc")
    asked = []
    refusal = "onmessage = () => postMessage('no room')"
    page.page.context.route(
        "**/keep.js",
        lambda route: (
            asked.append(route.request.url),
            route.fulfill(body=refusal, content_type="text/javascript"),
        ),
    )
    for _ in range(2):
        assert page.page.evaluate(f"async () => ({PYTHON}).keep()") == "no room"
        page.goto("chapters/03_random_intercepts")
    assert len(asked) == 1
    page.close()


def test_a_lab_is_moved_by_keyboard_alone(live):
    page = live.open("chapters/02_icc")
    lab = page.page.locator("[data-lab=icc]")
    lab.get_by_role("button").focus()
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    canvas, line = lab.get_by_role("img"), lab.get_by_role("status")
    before = canvas.get_attribute("aria-label"), line.inner_text()
    # The focus goes on to the first control, a box with the name of its slider.
    focused = "document.activeElement"
    assert page.page.evaluate(f"{focused}.type") == "number"
    page.page.keyboard.press("Tab")
    assert page.page.evaluate(f"{focused}.type") == "range"
    name = page.page.evaluate(f"{focused}.getAttribute('aria-label')")
    assert name == hlm_teach.icc_lab().controls["tau00"].label
    for _ in range(4):
        page.page.keyboard.press("ArrowRight")
    page.page.wait_for_function("!document.querySelector('.live-lab').lab.busy")
    box = lab.get_by_label(name).first
    wanted = hlm_teach.icc_lab().set(tau00=float(box.input_value()))
    assert canvas.get_attribute("aria-label") == wanted.alt_text != before[0]
    assert line.inner_text() == wanted.readout_text != before[1]
    box.focus()
    page.page.keyboard.press("Control+A")
    page.page.keyboard.type("7.5")
    page.page.keyboard.press("Enter")
    wanted.set(tau00=7.5)
    page.page.wait_for_function(
        "words => document.querySelector('.live-readout').textContent === words",
        arg=wanted.readout_text,
    )
    lab.get_by_role("button", name="Reset").focus()
    page.page.keyboard.press("Space")
    page.page.wait_for_function(
        "words => document.querySelector('.live-readout').textContent === words", arg=before[1]
    )
    page.close()


def test_what_is_wished_while_a_lab_moves_is_asked_together_and_nothing_is_lost(live):
    page = live.open_again("chapters/02_icc")
    page.page.locator("[data-lab=icc]").get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    wishes = [{"values": {"tau00": 5}}, {"values": {"tau00": 7}}, {"reset": True}, {"again": True}]
    readout = page.page.evaluate(
        """async (wishes) => {
        const { lab } = document.querySelector('.live-lab');
        await Promise.all(wishes.map((wish) => lab.move(wish)));
        return lab.line.textContent; }""",
        [*wishes, {"values": {"sigma2": 30}}, {"values": {"group_size": 40}}],
    )
    wanted = hlm_teach.icc_lab().draw_again().set(sigma2=30, group_size=40)
    assert readout == wanted.readout_text
    page.close()


def test_on_a_telephone_nothing_is_too_wide_and_the_picture_stays_above_its_controls(live):
    page = live.open("chapters/02_icc", width=390, height=844)
    page.page.locator("[data-lab=icc]").get_by_role("button").click()
    page.page.wait_for_selector("[data-lab=icc][data-ready]")
    wide = page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    places = """(up) => {
        document.documentElement.style.scrollBehavior = 'auto';
        const box = (element) => element.getBoundingClientRect();
        const canvas = document.querySelector('.live-picture canvas');
        return [...document.querySelectorAll('.live-controls input, .live-controls button')].map((one) => {
            scrollTo({ top: box(one).top + scrollY - (up ? 0 : innerHeight) });
            one.blur();
            one.focus();
            const { top, bottom } = box(canvas), header = document.querySelector('header.mobile-header');
            return top >= (header ? box(header).bottom : 0) - 1 && box(one).top >= bottom; }); }"""
    assert all(page.page.evaluate(places, False)) and all(page.page.evaluate(places, True))
    page.close()
