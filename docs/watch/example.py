"""A plain PyTorch training of the 178 wines of scikit-learn, watched: as they come, and normalised."""

import torch
from sklearn.datasets import load_wine
from torch import nn
from torch.nn.functional import cross_entropy

import caviar


def train(features, labels):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with caviar.watch(model, optimizer, num_rows=len(features)) as watcher:
        for _ in range(60):
            for rows in torch.randperm(len(features)).split(32):
                loss = watcher.loss(cross_entropy(model(features[rows]), labels[rows]))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return model, watcher


def tell(title, findings):
    print(f"{title}:")
    present = [each for each in findings if each.verdict == "present"]
    for finding in present:
        print(f"  {finding.id} ({finding.severity}, {100 * finding.confidence:.0f} % sure)\n    {finding.meaning}")
        print(f"    → {finding.actions[0].text}")
    missing = [each.id for each in findings if each.verdict == "cannot-tell"]
    absent = len(findings) - len(present) - len(missing)
    print(f"  {absent} others are not there; of {len(missing)} it cannot tell: {', '.join(missing)}")


features, labels = (torch.tensor(each) for each in load_wine(return_X_y=True))
features = features.float()
model, watcher = train(features, labels)
tell("As they come, watched", watcher.findings())
tell("The same model, looked at once", caviar.diagnose(model, (features, labels), cross_entropy))

normalised = (features - features.mean(0)) / features.std(0)
model, watcher = train(normalised, labels)
tell("Normalised, watched", watcher.findings())
