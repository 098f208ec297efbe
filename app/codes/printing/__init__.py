"""Codes on paper and metal: QR symbols, labels, cards, gate plates and sheets, in real millimetres."""
