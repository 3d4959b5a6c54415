"""What netmon says of services, in English and Indonesian side by side. See `phrases` for how they are written."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import ServiceFailure
from netmon.picture.words.phrases import Phrase

SERVICE_PHRASES: Mapping[str, Phrase] = {
    # -- one service
    "service-answers": Phrase(
        "{service} ({kind}) answers as it should.", "{service} ({kind}) menjawab sebagaimana mestinya."
    ),
    "service-unknown": Phrase(
        "It is not known yet whether {service} ({kind}) answers.",
        "Belum diketahui apakah {service} ({kind}) menjawab.",
    ),
    "service-asking": Phrase(
        "{service} ({kind}) fails since {since}: {failure}; whether others fail with it is being found out.",
        "{service} ({kind}) gagal sejak {since}: {failure}; sedang dicari apakah yang lain ikut gagal.",
    ),
    "service-own": Phrase(
        "{service} ({kind}) fails since {since}: {failure}. The fault is its own ({fault}).",
        "{service} ({kind}) gagal sejak {since}: {failure}. Gangguannya pada layanan itu sendiri ({fault}).",
    ),
    "service-by-node": Phrase(
        "{service} ({kind}) fails since {since}, and {count} with it: the fault is at {element} ({fault}).",
        "{service} ({kind}) gagal sejak {since}, bersama {count} layanan: gangguannya di {element} ({fault}).",
    ),
    "service-by-address": Phrase(
        "{service} ({kind}) fails since {since}, and {count} with it: the fault is at the host {thing} ({fault}).",
        "{service} ({kind}) gagal sejak {since}, bersama {count} layanan: gangguannya di peladen {thing} ({fault}).",
    ),
    "service-by-name-server": Phrase(
        "{service} ({kind}) fails since {since}, and {count} with it: the name server {thing} does not answer for "
        "their names ({fault}).",
        "{service} ({kind}) gagal sejak {since}, bersama {count} layanan: peladen nama {thing} tidak menjawab untuk "
        "nama mereka ({fault}).",
    ),
    "service-by-domain": Phrase(
        "{service} ({kind}) fails since {since}, and {count} with it: names under {thing} do not resolve ({fault}).",
        "{service} ({kind}) gagal sejak {since}, bersama {count} layanan: nama di {thing} tidak ditemukan ({fault}).",
    ),
    "service-by-network": Phrase(
        "{service} ({kind}) fails since {since}: what carries it is dark ({fault}).",
        "{service} ({kind}) gagal sejak {since}: yang membawanya sedang gelap ({fault}).",
    ),
    "node-serves": Phrase(
        "{node} does not answer itself, but {service}, which it carries, does: it is reached by other evidence.",
        "{node} sendiri tidak menjawab, tetapi {service} yang dibawanya menjawab: terjangkau menurut bukti lain.",
    ),
    # -- lines
    "on-spare": Phrase(
        "It runs on its spare line {spare} ({supplier}), since {line} ({other}) is down.",
        "Lokasi ini berjalan di jalur cadangan {spare} ({supplier}), karena {line} ({other}) putus.",
    ),
    "own-line-up": Phrase(
        "Its line {line} ({supplier}) works since {since}.", "Jalurnya {line} ({supplier}) bekerja sejak {since}."
    ),
    "own-line-down": Phrase(
        "Its line {line} ({supplier}) is down since {since}.", "Jalurnya {line} ({supplier}) putus sejak {since}."
    ),
    "own-line-maintenance": Phrase(
        "There is work on its line {line} ({supplier}) since {since}.",
        "Ada pekerjaan pada jalurnya {line} ({supplier}) sejak {since}.",
    ),
    "own-line-unknown": Phrase(
        "Nothing is known of its line {line} ({supplier}) since {since}.",
        "Tidak ada yang diketahui tentang jalurnya {line} ({supplier}) sejak {since}.",
    ),
    # -- one fault
    "fault-of-service": Phrase("{thing} fails since {since}: {failure}.", "{thing} gagal sejak {since}: {failure}."),
    "fault-of-node": Phrase(
        "{count} services fail since {since} at {element}, which carries them all: {failure}.",
        "{count} layanan gagal sejak {since} di {element}, yang membawa semuanya: {failure}.",
    ),
    "fault-of-address": Phrase(
        "{count} services fail since {since} at the host {thing}, which they share: {failure}.",
        "{count} layanan gagal sejak {since} di peladen {thing} yang dipakai bersama: {failure}.",
    ),
    "fault-of-name-server": Phrase(
        "{count} services fail since {since}: the name server {thing} does not answer for their names.",
        "{count} layanan gagal sejak {since}: peladen nama {thing} tidak menjawab untuk nama mereka.",
    ),
    "fault-of-domain": Phrase(
        "{count} services fail since {since}: names under {thing} do not resolve.",
        "{count} layanan gagal sejak {since}: nama di bawah {thing} tidak ditemukan.",
    ),
}

FAILURES: Mapping[str, Phrase] = {
    ServiceFailure.DNS: Phrase("its name does not resolve", "namanya tidak ditemukan"),
    ServiceFailure.REFUSED: Phrase("nothing listens there", "tidak ada yang mendengarkan di sana"),
    ServiceFailure.UNREACHABLE: Phrase("there is no way to it", "tidak ada jalan ke sana"),
    ServiceFailure.TIMEOUT: Phrase("it does not answer in time", "tidak menjawab tepat waktu"),
    ServiceFailure.TLS_EXPIRED: Phrase("its certificate has ended", "sertifikatnya sudah berakhir"),
    ServiceFailure.TLS_WRONG_HOST: Phrase("its certificate is for another name", "sertifikatnya untuk nama lain"),
    ServiceFailure.TLS_UNKNOWN_ISSUER: Phrase(
        "its certificate is signed by nobody who is trusted", "sertifikatnya tidak ditandatangani pihak tepercaya"
    ),
    ServiceFailure.TLS: Phrase("the TLS handshake fails", "jabat tangan TLS gagal"),
    ServiceFailure.STATUS: Phrase("it answers with an error", "menjawab dengan galat"),
    ServiceFailure.BODY: Phrase("what is expected is not there", "isi yang diharapkan tidak ada"),
    ServiceFailure.EMPTY: Phrase("the page shows nothing", "halamannya kosong"),
    ServiceFailure.DEFAULT_PAGE: Phrase(
        "only the web server's own page is there", "hanya ada halaman bawaan peladen web"
    ),
    ServiceFailure.OPENSID_DEFAULT: Phrase(
        "OpenSID is there as it was installed", "OpenSID masih seperti saat dipasang"
    ),
    ServiceFailure.PARKED: Phrase("the domain is parked", "domainnya diparkir"),
    ServiceFailure.SUSPENDED: Phrase("the hosting account is suspended", "akun hosting ditangguhkan"),
    ServiceFailure.REDIRECTS: Phrase("it redirects in a circle", "pengalihannya berputar-putar"),
    ServiceFailure.PROTOCOL: Phrase(
        "what answers does not speak its protocol", "yang menjawab tidak memakai protokolnya"
    ),
    ServiceFailure.SILENT: Phrase("it has ceased to say that it lives", "tidak lagi memberi kabar bahwa masih hidup"),
    ServiceFailure.NO_CLIENTS: Phrase(
        "nobody has used it for a day, also at hours when somebody always did",
        "sehari ini tidak ada yang memakainya, juga pada jam yang biasanya selalu ada",
    ),
    ServiceFailure.LOCAL: Phrase("the monitor itself has trouble", "pemantau sendiri bermasalah"),
}
