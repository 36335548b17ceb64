"""How likely a change is to induce a defect."""
