"""National metadata: standar data, MS-Kegiatan, MS-Indikator and MS-Variabel as fields that explain themselves."""
