"""Curation in a browser: a walidata clears twenty submissions without leaving the queue; every role's page, with pictures when asked for.

`SATUDATA_SCREENSHOTS` names the folder for the pictures; docs/how-to/images keeps those of the how-to (`kurasi-*.png`).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TWENTY = 20
WCAG = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
# What a produsen data's own program would do: twenty datasets after the pattern of one that is complete, handed in.
HAND_IN = """
const [how_many, stamp, done] = [arguments[0], arguments[1], arguments[arguments.length - 1]];
const place = document.querySelector('meta[name=_csrf_token]') || document.querySelector('input[name=_csrf_token]');
const csrf = place.content || place.value;
async function act(name, data) {
  const upload = data instanceof FormData;
  const answer = await fetch(`/api/3/action/${name}`, {method: 'POST', body: upload ? data : JSON.stringify(data),
    headers: {'X-CSRFToken': csrf, ...(upload ? {} : {'Content-Type': 'application/json'})}});
  if (!(answer.headers.get('Content-Type') || '').includes('json')) throw new Error(`${name}: ${answer.status} ${(await answer.text()).replace(/<[^>]*>/g, ' ').replace(/\\s+/g, ' ').slice(-400)}`);
  const body = await answer.json();
  if (!body.success) throw new Error(`${name}: ${JSON.stringify(body.error)}`);
  return body.result;
}
(async () => {
  const revisions = await act('ntbsatudata_revision_list', {});
  const pattern = await act('package_show', {id: revisions.find((one) => one.title.startsWith('Contoh: Jumlah Koperasi')).working_id});
  const {id, name, resources, organization, metadata_created, metadata_modified, state, private: hidden, groups, num_tags, num_resources,
    creator_user_id, ...kept} = pattern;
  for (let number = 1; number <= how_many; number++) {
    const made = await act('package_create', {...kept, name: `uji-${stamp}-${number}`, title: `Contoh: Dataset Uji ${stamp} Nomor ${number}`});
    const file = new FormData();
    file.append('package_id', made.id);
    for (const field of ['name', 'format', 'rights', 'mimetype']) file.append(field, resources[0][field]);
    file.append('schema', JSON.stringify(resources[0].schema));
    file.append('url', 'tabel.csv');
    file.append('upload', new Blob(['kode_wilayah,tahun,jumlah\\n52.01,2024,' + number + '\\n52.02,2024,7\\n'], {type: 'text/csv'}), 'tabel.csv');
    await act('resource_create', file);
    const [revision] = await act('ntbsatudata_revision_list', {dataset_id: made.id});
    await act('ntbsatudata_revision_submit', {id: revision.id});
  }
  return how_many;
})().then(done, (error) => done(String(error)));
"""


class Officer:
    """Somebody with an account at work in the browser."""

    def __init__(self, driver, portal, axe, account):
        self.driver, self.portal, self.axe = driver, portal, axe
        driver.delete_all_cookies()
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.go("/user/login")
        name, password = account
        self.find("input[name=login]").send_keys(name)
        self.find("input[name=password]").send_keys(password + Keys.ENTER)
        WebDriverWait(driver, 20).until(lambda _: "/user/login" not in driver.current_url)

    def go(self, path):
        self.driver.get(self.portal + path)

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def press(self, css, key):
        """Press a key on an element, as somebody without a mouse does."""
        element = self.find(css)
        self.driver.execute_script("arguments[0].focus()", element)
        element.send_keys(key)

    def send(self, css):
        """Press a button by keyboard and wait for the page that answers."""
        self.driver.execute_script("window.before = true")
        self.press(css, Keys.ENTER)
        WebDriverWait(self.driver, 120).until(
            lambda _: self.driver.execute_script("return !window.before && document.readyState === 'complete'")
        )

    def look(self, picture):
        """Let axe look at the page, wide and as narrow as a telephone; keep a picture of it."""
        for width in (1280, 390):
            self.driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
            )
            assert self.driver.execute_script("return document.documentElement.scrollWidth") <= width, picture
            self.driver.execute_script(self.axe)
            found = self.driver.execute_async_script(
                f"const done = arguments[0]; axe.run({{exclude: ['.account-masthead']}}, {{runOnly: {WCAG}}}).then(r => done(r.violations))"
            )
            serious = [one for one in found if one["impact"] in ("serious", "critical")]
            assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in serious] == [], picture
            if folder := os.environ.get("SATUDATA_SCREENSHOTS"):
                self._keep(Path(folder) / f"kurasi-{picture}{'' if width > 600 else '-ponsel'}.png", width)
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def _keep(self, path, width):
        size = {"width": min(width, 800), "height": 640, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.save_screenshot(str(path))


@pytest.fixture
def officer(driver, portal, axe, accounts):
    yield lambda role: Officer(driver, portal, axe, accounts[role])
    driver.delete_all_cookies()
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize(
    ("role", "picture", "waits"),
    [
        ("produsen data", "produsen", "Jumlah Penduduk"),
        ("walidata pendukung", "pendukung", "Jumlah Penduduk"),
        ("walidata", "walidata", "Contoh: Jumlah Koperasi Aktif"),
        ("pembina data", "pembina", "Persediaan Vaksin"),
        ("operator program", "program", "Kode"),
    ],
)
def test_something_waits_for_every_role_of_the_demonstration(officer, role, picture, waits):
    somebody = officer(role)
    somebody.go("/kurasi")
    assert any(waits.lower() in one.text.lower() for one in somebody.all(".queue:not(.under-way) h2")), somebody.find("article").text[:800]
    somebody.look(picture)


@pytest.mark.parametrize(("role", "picture"), [("sekretariat forum", "forum"), ("sysadmin", "operator")])
def test_who_decides_nothing_sees_what_is_under_way(officer, role, picture):
    somebody = officer(role)
    somebody.go("/kurasi")
    assert somebody.all(".under-way li"), "something is under way"
    assert not somebody.all("button[name=move]"), "nothing to decide"
    somebody.look(picture)


def test_a_reviewer_comments_on_a_field_and_its_author_sees_it_beside_the_field(officer):
    walidata = officer("walidata")
    walidata.go("/kurasi")
    page = next(one.get_attribute("href") for one in walidata.all(".queue h2 a") if "Jalan Kabupaten" in one.text)
    walidata.driver.get(page)
    walidata.look("periksa")
    walidata.press("#isian-definisi details.say summary", Keys.ENTER)
    walidata.find("#say-definisi").send_keys("Sebut apakah jalan desa ikut dihitung.")
    walidata.send("#isian-definisi details.say button")
    assert "Sebut apakah jalan desa ikut dihitung." in walidata.find("#isian-definisi .remarks").text
    walidata.find("#reason").send_keys("Lengkapi definisinya.")
    walidata.send("button[name=move][value=return]")
    produsen = officer("produsen data")
    produsen.driver.get(page)
    assert "Lengkapi definisinya." in produsen.find(".record").text
    form = produsen.find("a[href*='/isi/dataset/']").get_attribute("href").rpartition("/")[0]
    produsen.driver.get(f"{form}/standar")
    assert "Sebut apakah jalan desa ikut dihitung." in produsen.find(".remark-beside").text
    produsen.look("catatan-di-isian")


def test_the_walidata_invites_somebody_who_makes_an_account(officer):
    walidata = officer("walidata")
    walidata.go("/kurasi/orang")
    walidata.find("#note").send_keys("Bidang Statistik")
    walidata.driver.execute_script("document.querySelector('#place').value = 'forum_secretariat:'")
    walidata.send("form.metadata-form button")
    link = walidata.find("#link").get_attribute("value")
    walidata.look("undang")
    walidata.driver.delete_all_cookies()
    walidata.driver.get(link)
    walidata.look("undangan")
    name = f"tamu-{int(time.time())}"
    for field, value in {
        "fullname": "Tamu Undangan",
        "name": name,
        "email": f"{name}@portal.invalid",
        "password": "kata-sandi-panjang-7",
    }.items():
        walidata.find(f"#{field}").send_keys(value)
    walidata.send("form.metadata-form button")
    walidata.driver.get(link)
    assert "sudah dipakai" in walidata.find("body").text


def test_a_walidata_clears_twenty_submissions_without_leaving_the_queue(officer):
    stamp = str(int(time.time()))
    produsen = officer("produsen data")
    produsen.go("/kurasi")
    produsen.driver.set_script_timeout(180)
    assert produsen.driver.execute_async_script(HAND_IN, TWENTY, stamp) == TWENTY

    walidata = officer("walidata")
    walidata.go("/kurasi")
    mine = [one.get_attribute("id") for one in walidata.all(".waiting input[name=revision]") if stamp in one.get_attribute("aria-label")]
    assert len(mine) == TWENTY
    walidata.press(f".waiting:has(#{mine[0]}) details summary", Keys.ENTER)
    WebDriverWait(walidata.driver, 30).until(lambda _: walidata.all(f".waiting:has(#{mine[0]}) .in-short .check"))
    for box in mine:
        walidata.press(f"#{box}", Keys.SPACE)
    assert walidata.find("#chosen").text == f"{TWENTY} dipilih"
    for principle in ("standar_data", "metadata", "interoperabilitas_data", "kode_referensi"):
        walidata.press(f"input[name={principle}]", Keys.SPACE)
    walidata.find("#reason").send_keys("Keempat prinsip terpenuhi.")
    walidata.look("putuskan")
    walidata.send("button[value=approve_and_publish]")

    assert walidata.driver.current_url == f"{walidata.portal}/kurasi", "the queue is never left"
    assert f"{TWENTY} dataset kini «terbit»" in walidata.find("body").text
    assert not [one for one in walidata.all(".waiting") if stamp in one.text]
    walidata.driver.delete_all_cookies()
    walidata.go(f"/dataset/uji-{stamp}-{TWENTY}")
    assert f"Nomor {TWENTY}" in walidata.find("h1").text
    assert "Keempat prinsip terpenuhi." in walidata.find("#record + .record").text, "the public record says why"
    assert "walidata (contoh)" not in walidata.find("#record + .record").text.lower(), "and names nobody"
