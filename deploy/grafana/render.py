#!/usr/bin/env python3
"""Draws the panels of backfleet.json from the figures of a Prometheus, into a picture: a look at the dashboard without Grafana.

Usage: render.py http://127.0.0.1:9090 [--minutes 15] [--out panels.png]; needs matplotlib.
"""

import argparse
import json
import math
import pathlib
import re
import time
import urllib.parse
import urllib.request

import matplotlib

matplotlib.use("Agg")
import matplotlib.dates
import matplotlib.pyplot as plt
from datetime import datetime, timezone

ROW_INCHES = 0.42
COLUMN_INCHES = 0.95


def query(base, expression, begin, end):
    step = max(5, int((end - begin) / 200))
    expression = re.sub(r"\$[a-z]+", ".*", expression)
    words = urllib.parse.urlencode({"query": expression, "start": begin, "end": end, "step": step})
    with urllib.request.urlopen(f"{base}/api/v1/query_range?{words}") as answer:
        return json.load(answer)["data"]["result"]


def legend(target, labels):
    written = target.get("legendFormat", "")
    if written == "__auto":
        return ", ".join(value for name, value in sorted(labels.items()) if name != "__name__")
    return re.sub(r"{{(\w+)}}", lambda name: labels.get(name.group(1), ""), written)


def draw_values(axes, series):
    axes.axis("off")
    lines = [f"{name}\n{points[-1][1]:.4g}" if name else f"{points[-1][1]:.4g}" for name, points in series[:4]]
    axes.text(0.5, 0.45, "\n".join(lines) or "no data", ha="center", va="center", fontsize=9 if len(lines) > 1 else 13)


def draw_lines(axes, panel, series):
    stacked = "stacking" in panel["fieldConfig"]["defaults"].get("custom", {})
    if stacked and series:
        times = sorted({at for _, points in series for at, _ in points})
        values = [[dict(points).get(at, 0.0) for at in times] for _, points in series]
        axes.stackplot([moment(at) for at in times], values, labels=[name for name, _ in series])
    else:
        for name, points in series:
            axes.plot([moment(at) for at, _ in points], [value for _, value in points], label=name, linewidth=1)
    if "scaleDistribution" in panel["fieldConfig"]["defaults"].get("custom", {}):
        axes.set_yscale("log")
    axes.xaxis.set_major_formatter(matplotlib.dates.DateFormatter("%H:%M"))
    axes.tick_params(labelsize=6)
    if series:
        axes.legend(fontsize=5, loc="upper left", ncols=2)
    else:
        axes.text(0.5, 0.5, "no data", ha="center", va="center", transform=axes.transAxes, fontsize=8)


def draw_heat(axes, series):
    buckets = sorted(((float(name), dict(points)) for name, points in series if name != "+Inf"))
    times = sorted({at for _, points in buckets for at in points})
    below = {at: 0.0 for at in times}
    rows = []
    for _, points in buckets:
        rows.append([max(0.0, points.get(at, 0.0) - below[at]) for at in times])
        below = {at: points.get(at, 0.0) for at in times}
    if rows and times:
        axes.imshow(rows, aspect="auto", origin="lower", cmap="Blues")
        axes.set_yticks(range(len(buckets)), [f"{bound:g} s" for bound, _ in buckets], fontsize=5)
        axes.set_xticks([])


def moment(at):
    return datetime.fromtimestamp(at, timezone.utc)


def draw(axes, panel, base, begin, end):
    series = []
    for target in panel["targets"]:
        for found in query(base, target["expr"], begin, end):
            points = [(at, float(value)) for at, value in found["values"] if math.isfinite(float(value))]
            if points:
                series.append((legend(target, found["metric"]), points))
    axes.set_title(panel["title"], fontsize=8, loc="left")
    if panel["type"] == "stat":
        # What is no longer so is not shown.
        draw_values(axes, [(name, points) for name, points in series if points[-1][0] >= end - 30])
    elif panel["type"] == "heatmap":
        draw_heat(axes, series)
    else:
        draw_lines(axes, panel, series)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prometheus")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--out", default="panels.png")
    arguments = parser.parse_args()
    end = time.time()
    begin = end - 60 * arguments.minutes
    dashboard = json.loads((pathlib.Path(__file__).parent / "backfleet.json").read_text(encoding="utf-8"))
    placed = []
    top = 0
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            placed.append((panel, panel["gridPos"]["y"]))
            top = max(top, panel["gridPos"]["y"] + panel["gridPos"]["h"])
    for row in (panel for panel in dashboard["panels"] if panel["type"] == "row"):
        for panel in row["panels"]:
            placed.append((panel, top + 1))
        if row["panels"]:
            top += 1 + max(panel["gridPos"]["h"] for panel in row["panels"])
    figure = plt.figure(figsize=(24 * COLUMN_INCHES, top * ROW_INCHES))
    for panel, y in placed:
        place = panel["gridPos"]
        axes = figure.add_axes(
            (
                (place["x"] + 0.7) / 24,
                1 - (y + place["h"] - 1.0) / top,
                (place["w"] - 0.9) / 24,
                (place["h"] - 2.2) / top,
            )
        )
        draw(axes, panel, arguments.prometheus.rstrip("/"), begin, end)
    figure.savefig(arguments.out, dpi=70)
    print(f"{len(placed)} panels in {arguments.out}")


main()
