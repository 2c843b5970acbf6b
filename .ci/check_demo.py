"""Says whether the demo's figures are what they must be: every sample scored, and v2's subtraction plainly worse."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)

mistakes = []
runs = {(run["task"], run["model"]): run for run in report["runs"]}
if len(runs) != 18:
    mistakes.append(f"expected 18 runs, found {len(runs)}")
for (task, model), run in runs.items():
    ended = run["scored"] + run["failedModel"] + run["failedInfrastructure"] + run["cancelled"]
    if ended != run["expected"]:
        mistakes.append(f"{task} on {model}: {ended} of {run['expected']} samples have an end")
    if run["failedModel"] + run["failedInfrastructure"] > 0:
        mistakes.append(f"{task} on {model}: samples failed")

worse = sorted(
    {
        f"{run['task']} {run['model']}"
        for run in report["runs"]
        for metric in run["metrics"]
        if metric.get("paired", {}).get("mark") == "worse"
    }
)
if worse != ["skills_subtract tinygpt-v2"]:
    mistakes.append(f"expected skills_subtract of tinygpt-v2 alone to be worse, found {worse}")

for mistake in mistakes:
    print(mistake)
print("the demo is wrong" if mistakes else f"{len(runs)} runs of the demo are as they must be")
sys.exit(1 if mistakes else 0)
