"""HTTP as sources speak it: `Http` asks and writes, `Ask` and `Answer` are what it says and hears."""

from sync.http.addresses import site_url
from sync.http.asking import Answer, Ask, Json, Limits, Login, Site
from sync.http.client import Http

__all__ = ["Answer", "Ask", "Http", "Json", "Limits", "Login", "Site", "site_url"]
