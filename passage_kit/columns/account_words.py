"""Words of many languages and systems for the state of an account."""

from __future__ import annotations

# Words for a closed account by the state that they stand for, in names of columns and as values.
CLOSED = {
    "deleted": """
        deleted delete removed erased purged trashed anonymized anonymised deletion gelöscht geloescht entfernt supprimé
        supprimée effacé eliminado eliminada borrado borrada excluído excluida excluida apagado eliminato cancellato
        verwijderd raderad borttagen slettet poistettu usunięty usunięta smazaný удален удалена удалён silindi silinmiş
        discarded löschkz löschkennzeichen löschvermerk löschvormerkung loevm
        baja dadodebaja debaja eliminación exclusão cancellazione usunięcia usunięto löschung
        退会 退会済み 削除 削除済み 删除 已删除 注销 已注销 삭제 탈퇴 محذوف נמחק
    """,
    "banned": "banned ban banni bannie blacklisted gebannt verbannt baneado banido забанен 封禁 已封禁 강제탈퇴 محظور",
    "blocked": """
        block forbidden sperrkz sperrkennzeichen sperrvermerk
        blocked gesperrt blockiert bloqué bloquée bloqueado bloqueada bloccato bloccata geblokkeerd blockerad spärrad
        blokeret spærret blokkert sperret estetty zablokowany zablokowana blokovaný заблокирован заблокирована engelli
        engellendi ブロック 차단 חסום ldapblocked
    """,
    "suspended": """
        suspended suspendiert suspendu suspendue suspendido suspendida suspenso suspensa sospeso sospesa opgeschort
        geschorst avstängd suspenderet suspendert zawieszony zawieszona приостановлен askıda 停止 利用停止 凍結
        冻结 已冻结 정지
    """,
    "disabled": """
        disabled disable deactivated deprovisioned accountdisabled compromised deaktiviert désactivé désactivée
        desactivado desactivada deshabilitado deshabilitada inhabilitado desativado desativada desabilitado
        disattivato disattivata disabilitato disabilitata uitgeschakeld gedeactiveerd inaktiverad deaktiveret
        deaktivert wyłączony wyłączona отключен отключена отключён 無効 禁用 已禁用 停用 已停用
    """,
    "archived": """
        archived archiviert archivé archivée archivado archivada arquivado arquivada archiviato archiviata gearchiveerd
        arkiverad arkiveret arkivert arkistoitu zarchiwizowany архивирован архив 归档 已归档
    """,
    "cleaned": "cleantime",  # of an address that does not receive
    "closed": """
        closed terminated geschlossen beendet clôturé fermé cerrado cerrada encerrado encerrada chiuso chiusa закрыт
        gekündigt gekuendigt ausgetreten résilié résiliée opgezegd cessato cessata
    """,
    "locked": "locked accountlock nsaccountlock lockout lukittu",
    "inactive": """
        inactive inactivated notactive nonactive inaktiv inactif inactive inactivo inactiva inativo inativa inattivo
        inattiva inactief nieaktywny nieaktywna neaktivní неактивен неактивный неактивна pasif 非アクティブ 비활성 휴면
        غيرنشط
        deceased verstorben décédé décédée fallecido fallecida falecido falecida deceduto deceduta overleden
    """,
}  # fmt: skip
OPEN = {  # the state of an account if its flag says no
    "inactive": """
        active aktiv aktív actif activo activa ativo ativa attivo attiva actief aktiivinen aktywny aktywna aktivní
        активен активный активна aktif 有効 活跃 활성 نشط פעיל
    """,
    "disabled": """
        enabled activated aktiviert freigeschaltet habilitado habilitada ativado abilitato abilitata ingeschakeld
        aktiverad aktiveret aktivert włączony включен 启用 已启用
    """,
    "locked": "nonlocked accountnonlocked unlocked",
    "expired": "nonexpired accountnonexpired",
}
# An account with one of these states was not closed: its person has yet to do something, or to choose a password.
WAITING = """
    confirmed unconfirmed verified unverified pending invited staged provisioned initial registered new approved normal
    ok valid current live forcechangepassword resetrequired passwordreset passwordexpired passwordchangerequired
    recovery lockedout externalprovider pendingactivation pendingverification awaitingverification awaitingactivation
    bot member admin owner primaryowner guest multichannelguest singlechannelguest workspaceadmin workspaceowner
    正常 通常 정상
"""
