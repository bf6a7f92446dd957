"""`make fuzz`: mutants of real files for so many seconds; exit code 1 when one of them brings out a fault of ours."""

import argparse
import sys

from tests.fuzz.campaign import Campaign


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=2022)
    asked = parser.parse_args()
    campaign = Campaign(asked.seed)
    campaign.run(seconds=asked.seconds)
    out = sys.stdout
    out.write(f"seed {campaign.seed}: {campaign.kept} mutants kept, {len(campaign.lines.reached)} lines reached\n")
    for name, tally in sorted(campaign.tallies.items()):
        out.write(
            f"{name:5} {tally.files:>8} files {tally.read:>8} read {tally.refused.total():>8} refused;"
            f" slowest {tally.slowest_seconds:.2f} s ({tally.slowest_bytes} bytes)\n"
        )
        for reason, count in tally.refused.most_common(12):
            out.write(f"      {count:>8} {reason}\n")
    out.write(f"{len(campaign.found)} faults found\n")
    for what in campaign.found:
        out.write(f"  {what}\n")
    return 1 if campaign.found else 0


if __name__ == "__main__":
    sys.exit(main())
