"""What only a browser can tell: layout, keyboard, contrast, weight."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

WIDTHS = (1280, 360)
LIMIT = 250_000  # bytes of a dataset page with everything
PAGES = (
    "/", "/dataset/", "/dataset/kode-wilayah", "/organization/", "/organization/diskominfotik", "/group/", "/group/pembangunan-daerah", "/about",
    "/user/login", "/tidak-ada", "RESOURCE", "/kode-referensi", "/kode-referensi/wilayah-kemendagri", "/data-induk", "/mutu", "/metadata", "/en/", "/en/dataset/kode-wilayah",
)  # fmt: skip


@pytest.fixture
def visit(portal, driver):
    def go(path, width=1280):
        if path == "RESOURCE":
            with urllib.request.urlopen(f"{portal}/api/3/action/package_show?id=kode-wilayah") as answer:
                path = f"/dataset/kode-wilayah/resource/{json.load(answer)['result']['resources'][0]['id']}"
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        )
        driver.get(portal + path)
        return driver

    return go


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_screen(visit, path, width):
    page = visit(path, width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious(visit, axe, path, width):
    page = visit(path, width)
    page.execute_script(axe)
    found = page.execute_async_script(
        "const done = arguments[0]; axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => done(r.violations))"
    )
    said = [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in ("serious", "critical")]
    assert said == []


def test_the_first_tab_leads_past_the_navigation_and_enter_goes_there(visit):
    page = visit("/dataset/")
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    focused = page.switch_to.active_element
    assert focused.text == "Langsung ke isi"
    assert focused.rect["y"] >= 0  # it shows itself when it has the focus
    focused.send_keys(Keys.ENTER)
    assert page.current_url.endswith("#content")


def test_a_reader_finds_a_dataset_with_the_keyboard_alone(visit):
    page = visit("/")
    box = page.find_element(By.ID, "field-home-search")
    box.send_keys("penduduk", Keys.ENTER)
    WebDriverWait(page, 10).until(lambda page: urllib.parse.urlparse(page.current_url).path == "/dataset/")
    assert "Jumlah Penduduk Menurut Kabupaten/Kota" in page.find_element(By.CSS_SELECTOR, ".dataset-list").text


def test_suggestions_follow_what_a_reader_types(visit):
    page = visit("/dataset/")
    page.find_element(By.ID, "field-giant-search").send_keys("kode wil")
    WebDriverWait(page, 10).until(
        lambda page: '<option value="Kode Wilayah' in page.find_element(By.ID, "search-suggestions").get_attribute("innerHTML")
    )


def test_the_focus_is_visible_on_every_stop_of_the_home_page(visit):
    page = visit("/")
    page.find_element(By.TAG_NAME, "body").click()
    for _stop in range(12):
        page.switch_to.active_element.send_keys(Keys.TAB)
        outline = page.execute_script(
            "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]"
        )
        assert outline[0] != "none" and outline[1] >= 2, page.switch_to.active_element.get_attribute("outerHTML")[:120]


def test_on_a_phone_the_menu_opens_and_closes_without_a_script(visit):
    page = visit("/", 360)
    topics = page.find_element(By.CSS_SELECTOR, '.site-nav a[href="/group/"]')
    assert not topics.is_displayed()
    page.find_element(By.CSS_SELECTOR, ".menu-button").send_keys(Keys.ENTER)
    WebDriverWait(page, 5).until(lambda page: topics.is_displayed())
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    WebDriverWait(page, 5).until(lambda page: not topics.is_displayed())
    assert visit("/", 1280).find_element(By.CSS_SELECTOR, '.site-nav a[href="/group/"]').is_displayed()


def test_english_is_one_click_away(visit):
    page = visit("/dataset/kode-wilayah")
    page.find_element(By.CSS_SELECTOR, '.site-tools a[hreflang="en"]').click()
    assert page.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    assert page.current_url.endswith("/en/dataset/kode-wilayah")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_sets_a_cookie_complains_or_asks_another_host(visit, portal, path):
    if path == "/user/login":
        pytest.skip("a form needs its token")
    visit("/about").delete_all_cookies()
    page = visit("/about")
    page.get_log("performance"), page.get_log("browser")
    page = visit(path)
    assert page.get_cookies() == []
    complaints = [entry["message"] for entry in page.get_log("browser") if "404" not in entry["message"]]
    assert complaints == []
    messages = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    asked = [message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith((portal, "data:"))] == []


def test_a_dataset_page_with_everything_stays_under_its_weight(visit):
    page = visit("/about")
    page.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    page.get_log("performance")
    visit("/dataset/kode-wilayah")
    messages = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    weight = sum(message["params"]["encodedDataLength"] for message in messages if message["method"] == "Network.loadingFinished")
    page.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
    assert 10_000 < weight < LIMIT
