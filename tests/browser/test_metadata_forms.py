"""A first-time user's path: from a file to a submitted dataset, with a new activity on the way. With pictures when they are asked for.

`SATUDATA_SCREENSHOTS` names the folder for the pictures (docs/how-to/images keeps those of the how-to).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

TABLE = (
    "Kabupaten/Kota,2022,2023\nLombok Barat,753641,763000\nLombok Tengah,1067700,1080000\nKota Mataram,441147,444000\nDompu,240000,243000\n"
)


class Reader:
    """A browser at work: goes, types, chooses, sends, and lets axe look at each page in both widths."""

    def __init__(self, driver, portal, axe):
        self.driver, self.portal, self.axe, self.pictures = driver, portal, axe, 0

    def go(self, path):
        self.driver.get(self.portal + path)

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def type(self, name, text):
        field = self.find(f"[name='{name}']")
        field.clear()
        field.send_keys(text)

    def choose(self, name, words):
        Select(self.find(f"select[name='{name}']")).select_by_visible_text(words)

    def send(self):
        """Press the form's own button by keyboard and wait for the page that answers."""
        before = self.find("html")
        self.find(".metadata-form form[method=post]:not([action]) button[type=submit]").send_keys(Keys.ENTER)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                before.is_enabled()
            except Exception as error:
                if "stale" in str(error).lower() or "detached" in str(error).lower() or "not belong" in str(error).lower():
                    return
                raise
            time.sleep(0.1)
        pytest.fail(f"no new page after {self.driver.current_url}")

    def look(self, name):
        """Let axe look at the page, wide and narrow; keep a picture; the page is no wider than a telephone.

        The bar of the account above it is CKAN's own and has its own tests.
        """
        for width in (1280, 360):
            self.driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride", {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600}
            )
            assert self.driver.execute_script("return document.documentElement.scrollWidth") <= width, name
            self.driver.execute_script(self.axe)
            found = self.driver.execute_async_script(
                "const done = arguments[0]; axe.run({exclude: ['.account-masthead']}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => done(r.violations))"
            )
            said = [
                f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
                for one in found
                if one["impact"] in ("serious", "critical")
            ]
            assert said == [], name
        folder = os.environ.get("SATUDATA_SCREENSHOTS")
        if folder:
            self.pictures += 1
            self.driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride", {"width": 1000, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            )
            self.driver.save_screenshot(str(Path(folder) / f"metadata-{self.pictures:02}-{name}.png"))

    def here(self):
        return self.driver.current_url.removeprefix(self.portal)


@pytest.fixture
def reader(driver, portal, axe, accounts):
    found = Reader(driver, portal, axe)
    name, password = accounts["produsen data"]
    found.go("/user/login")
    found.find("input[name=login]").send_keys(name)
    found.find("input[name=password]").send_keys(password + Keys.ENTER)
    time.sleep(1)
    yield found
    driver.delete_all_cookies()
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_first_time_user_goes_from_a_file_to_a_submitted_dataset(reader, tmp_path):
    file = tmp_path / "jumlah_penduduk_tercatat.csv"
    file.write_text(TABLE, encoding="utf-8")
    reader.go("/isi")
    reader.look("berkas")
    reader.find("input[type=file]").send_keys(str(file))
    reader.send()
    assert reader.here().endswith("/data"), reader.driver.page_source[:2000]
    assert "Usulan: dari berkas" in reader.driver.page_source
    reader.choose("topik", "Pembangunan Daerah")
    reader.look("data")
    reader.send()

    reader.type("konsep", "Jumlah Penduduk 2023")
    reader.send()
    assert reader.find(".error-summary").get_attribute("role") == "alert"
    assert reader.driver.switch_to.active_element.get_attribute("class") == "error-summary", "the summary has the focus"
    reader.look("salah")
    reader.type("konsep", "Penduduk Tercatat")
    reader.type("definisi", "Orang yang tercatat dalam administrasi kependudukan.")
    reader.type("satuan", "Orang")
    reader.type("id_sds", "belum ada")
    reader.look("standar")
    reader.send()
    reader.look("cakupan")
    reader.send()
    assert reader.here().endswith("/pengelola")
    assert not reader.find("#access_ground").is_displayed(), "what does not apply is put away"

    reader.go(reader.find("a[href*='/isi/mskeg/baru']").get_attribute("href").removeprefix(reader.portal))
    reader.type("name", "Kompilasi Data Penduduk Tercatat")
    reader.look("kegiatan")
    reader.send()
    Select(reader.find("select[name='sektor_kegiatan']")).select_by_visible_text("Demografi dan kependudukan")
    reader.look("kegiatan-identitas")
    reader.send()
    for name, text in {
        "i_alamat": "Jalan Udayana 14, Mataram",
        "ii_pj_jabatan": "Kepala Bidang Statistik",
        "ii_pj_alamat": "Jalan Udayana 14, Mataram",
    }.items():
        if not reader.find(f"[name='{name}']").get_attribute("value"):  # what the agency's own page does not hold yet
            reader.type(name, text)
    reader.send()
    for part, text in {
        "nama": "Jumlah penduduk",
        "konsep": "Penduduk",
        "definisi": "Orang yang tercatat",
        "referensi_waktu": "Akhir tahun",
    }.items():
        reader.type(f"iii_variabel_yang_dikumpulkan:0:{part}", text)
    reader.look("kegiatan-perencanaan")
    for _page in range(6):
        reader.send()
    assert reader.here().partition("?")[0].endswith("/periksa")
    missing = [one.text for one in reader.driver.find_elements(By.CSS_SELECTOR, ".error-summary li")]
    assert missing == []
    reader.look("kegiatan-periksa")
    reader.send()

    assert reader.here().endswith("/pengelola")
    reader.send()
    assert reader.here().endswith("/ajukan")
    assert [one.text for one in reader.driver.find_elements(By.CSS_SELECTOR, ".error-summary li")] == []
    reader.look("ajukan")
    reader.send()
    assert "/dataset/" in reader.here()
    reader.look("diajukan")
