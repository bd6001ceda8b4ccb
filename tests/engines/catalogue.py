"""The small catalogue of the contract suite."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def document(number: int, title: str, **fields: Any) -> Document:
    """Return a search document as CKAN sends it to an engine."""
    return {
        "index_id": f"index-{number}",
        "id": f"d{number}",
        "name": f"dataset-{number}",
        "site_id": "test",
        "entity_type": "package",
        "dataset_type": "dataset",
        "state": "active",
        "capacity": "public",
        "permission_labels": ["public"],
        "title": title,
        "title_string": title,
        "metadata_created": f"2024-01-{number:02d}T00:00:00Z",
        "metadata_modified": f"2024-02-{number:02d}T10:00:00.500Z",
        "data_dict": "{}",
        "validated_data_dict": "{}",
        **fields,
    }


DOCUMENTS = [
    document(
        1, "Jumlah Penduduk Miskin", notes="Penduduk di bawah garis kemiskinan.", tags=["sosial", "kemiskinan"], organization="dinsos"
    ),
    document(2, "Persentase Balita Stunting", notes="Balita pendek menurut kabupaten.", tags=["kesehatan"], organization="dinkes"),
    document(3, "Prevalensi Gizi Buruk", notes="Kasus gizi buruk di puskesmas.", tags=["kesehatan", "gizi"], organization="dinkes"),
    document(
        4, "Luas Panen Padi", notes="Produksi padi dan jagung.", tags=["pertanian"], organization="distan", res_format=["CSV", "XLSX"]
    ),
    document(5, "Produksi Jagung", tags=["pertanian"], organization="distan", res_format=["CSV"], author="Siti Aminah"),
    document(6, "Kunjungan Wisatawan", tags=["pariwisata"], organization="dispar", res_name=["Kunjungan 2023", "Kunjungan 2024"]),
    document(7, "Draf Rencana", state="draft", capacity="private", permission_labels=["member-a"], organization="dinsos"),
    document(8, "Data Rahasia Kesehatan", capacity="private", permission_labels=["member-a", "creator-b"], organization="dinkes"),
    document(9, "Tenun Sukarara: motif & warna", tags=["Kerajinan Tangan"], extras_konsep="Kain tenun ikat", konsep="Kain tenun ikat"),
    document(10, "Café & Résto di Kota", tags=["usaha"], release_date="2023-12-31T00:00:00Z", views_total=12, vocab_topik=["ekonomi"]),
    document(11, "Rumah Sakit Umum", release_date="2024-06-01T00:00:00Z", views_total=3, url="https://example.org/rsud?tahun=2024&x=1"),
    document(12, "Sakit Kepala dan Rumah Obat", views_total=30, vocab_topik=["kesehatan", "obat"], notes="rumah obat; sakit."),
]
