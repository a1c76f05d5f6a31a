"""A portrait by the camera, read by the real models: verdict, lines, measures, likeness, and a heat map."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from benchmarks.hospital import hospital as opened
from facial.models.manifest import FILE_NAME, models_folder
from matching.assess import Assessor
from service.faces.serving import open_faces
from service.gallery.synthetic import keep_synthetic_gallery
from service.settings import FaceSettings

pytestmark = [pytest.mark.browser, pytest.mark.real]
PORTRAIT = Path(__file__).parent / "facial" / "astronaut.jpg"


@pytest.fixture(scope="module")
def camera(tmp_path_factory) -> Path:
    """What the camera sees: the portrait in the middle of a wall, as Motion JPEG."""
    wall = Image.new("RGB", (640, 480), (120, 125, 130))
    portrait = Image.open(PORTRAIT).convert("RGB")
    portrait.thumbnail((440, 440))
    wall.paste(portrait, ((640 - portrait.width) // 2, (480 - portrait.height) // 2))
    frame = io.BytesIO()
    wall.save(frame, "JPEG", quality=95)
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    film.write_bytes(frame.getvalue() * 5)
    return film


@pytest.fixture
def page(camera, tmp_path, real_knowledge, launched, on_loopback):
    """The page on which nothing is kept, in a browser that has a camera."""
    models = models_folder() if "PHENOMAP_MODELS" in os.environ else Path(__file__).parents[1] / "models"
    if not (models / FILE_NAME).is_file():
        if os.environ.get("CI"):
            pytest.fail("no face model was built")
        pytest.skip("no face model has been built: run `make`")
    settings = FaceSettings(models=models)
    seeing = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ]
    assessor = Assessor.open(real_knowledge)
    with (
        opened(tmp_path, assessor, faces=lambda keeping: open_faces(settings, keeping, real_knowledge)) as hospital,
        on_loopback(hospital.app) as address,
        launched(*seeing) as browser,
    ):
        keep_synthetic_gallery(hospital.keeping, hospital.actors["clinician north"].id)
        (cookie,) = hospital.client("clinician north").cookies.jar
        context = browser.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": address}])
        made = context.new_page()
        made.set_default_timeout(20_000)
        made.goto("/")
        yield made
        hospital.app.state.services.faces.close()


def test_a_portrait_by_the_camera_is_measured_likened_and_explained(page):
    page.click("#photo-camera")
    expect(page.locator("#camera-view")).to_have_js_property("videoWidth", 640)
    page.click("#camera-shoot")
    expect(page.locator(".face-reading .verdict")).to_be_visible(timeout=30_000)
    expect(page.locator(".face-reading .verdict")).not_to_have_class("verdict refused")
    assert page.locator(".face-stack line[data-measure]").count() >= 14
    assert page.locator("table.done tbody tr[data-marks-line]").count() >= 14
    likenesses = page.locator(".likenesses li")
    assert likenesses.count() == 6  # the diseases of the made-up faces
    expect(likenesses.first).to_contain_text("synthetic")
    expect(likenesses.first).to_contain_text("weighs nothing")
    likenesses.first.locator("button[data-heats]").click()
    expect(likenesses.first.locator("button[data-heats]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#heat-words-photo")).not_to_be_empty()
    assert page.evaluate("location.search") == ""
