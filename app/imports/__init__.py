"""Bulk imports of CSV and XLSX files."""
