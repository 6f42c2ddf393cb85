"""`posthub demo`: the sample company's next month, from its documents to approved posts.

What does not belong here: the month (`month.py`), the import (`companies.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime

from posthub_assets.commands.companies import import_into, tell_import
from posthub_assets.commands.ground import ended_like_ctrl_c, prepared_ground
from posthub_assets.commands.month import Wish, find_login, month_on
from posthub_assets.commands.speaking import say
from posthub_assets.domain.calendar import add_months, month_name
from resources.company_folder import read_company_folder
from resources.database.repositories.months import today_in
from resources.processes.dagster_home import ROOT

SAMPLE = ROOT / "samples" / "kolna"


def run_demo(*, retry: bool = False) -> int:
    """Import the sample, make its next month and approve it; gives the exit code.

    Next month, because it has all its working days; this one may have none left.
    """
    folder = read_company_folder(SAMPLE)
    with ended_like_ctrl_c(), prepared_ground() as ground:
        report = import_into(ground, folder)
        tell_import(folder, report)
        today = today_in(folder.company.timezone, datetime.now(UTC))
        month = month_name(add_months(today.replace(day=1), 1))
        say(f"Now its month {month}, approved over HTTP as a supervisor would.")
        wish = Wish(report.partition_key, month, approve=True, retry=retry)
        return month_on(ground, wish, find_login(ground, None))
