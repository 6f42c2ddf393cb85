"""Where pictures are kept, as the environment says."""

from __future__ import annotations

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources.backup.told_settings import told
from resources.media_settings import read_bucket
from resources.settings import child_environment, load_settings

KEYS = {"AWS_ACCESS_KEY_ID": "an id", "AWS_SECRET_ACCESS_KEY": "hush"}
WHOLE = {
    "POSTHUB_MEDIA_URL": "s3://pictures/post hub/".replace(" ", "-"),
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9000/",
    "AWS_REGION": "eu-central-1",
    **KEYS,
}


def test_without_a_url_pictures_are_on_disk_whatever_else_is_set():
    assert read_bucket({}) is None
    assert read_bucket(KEYS) is None


def test_a_bucket_is_read_with_its_prefix_endpoint_and_keys():
    found = read_bucket(WHOLE)
    assert found is not None
    assert (found.bucket, found.prefix, found.url) == (
        "pictures",
        "post-hub",
        "s3://pictures/post-hub",
    )
    assert (found.endpoint, found.region) == ("http://127.0.0.1:9000", "eu-central-1")
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTHUB_MEDIA_URL", "/srv/media"),
        ("POSTHUB_MEDIA_URL", "s3://"),
        ("POSTHUB_MEDIA_URL", "s3://key:word@pictures"),
        ("POSTHUB_MEDIA_URL", "https://pictures.example.com"),
        ("POSTHUB_MEDIA_URL", "s3://pictures/?region=x"),
        ("AWS_ENDPOINT_URL", "127.0.0.1:9000"),
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name, value):
    with pytest.raises(InvalidInput) as caught:
        read_bucket({**WHOLE, name: value})
    assert caught.value.field == name


def test_a_child_process_finds_the_same_bucket(tmp_path):
    settings = load_settings({"POSTHUB_HOME": str(tmp_path), **WHOLE})
    assert "hush" not in repr(settings)
    assert load_settings(child_environment(settings)).media_bucket == settings.media_bucket


def test_a_backup_tells_the_bucket_and_only_the_names_of_its_keys():
    plain, secrets = told(WHOLE)
    assert plain == {"AWS_REGION": "eu-central-1"}
    assert set(secrets) == set(WHOLE) - {"AWS_REGION"}
