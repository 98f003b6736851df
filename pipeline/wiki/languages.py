"""Names that MediaWiki knows beside those a dump declares."""

CANONICAL_NAMESPACES = {
    "media": -2,
    "special": -1,
    "talk": 1,
    "user": 2,
    "user talk": 3,
    "wikipedia": 4,
    "wikipedia talk": 5,
    "project": 4,
    "project talk": 5,
    "wp": 4,
    "wt": 5,
    "file": 6,
    "image": 6,
    "file talk": 7,
    "image talk": 7,
    "mediawiki": 8,
    "mediawiki talk": 9,
    "template": 10,
    "template talk": 11,
    "help": 12,
    "help talk": 13,
    "category": 14,
    "category talk": 15,
    "portal": 100,
    "portal talk": 101,
    "book": 108,
    "book talk": 109,
    "draft": 118,
    "draft talk": 119,
    "timedtext": 710,
    "timedtext talk": 711,
    "module": 828,
    "module talk": 829,
}

# the magic word of larger wikis; newer dumps name the target in <redirect title="..."> anyway
REDIRECT_WORDS = (
    "redirect",
    "redirection",
    "weiterleitung",
    "redirecci\u00f3n",
    "redirecionamento",
    "rinvia",
    "doorverwijzing",
    "patrz",
    "przekieruj",
    "tam",
    "\u043f\u0435\u0440\u0435\u043d\u0430\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u0438\u0435",
    "\u043f\u0435\u0440\u0435\u043d\u0430\u043f\u0440",
    "\u043f\u0435\u0440\u0435\u043d\u0430\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043d\u044f",
    "omdirigering",
    "omdirigera",
    "omdiriger",
    "ohjaus",
    "uudelleenohjaus",
    "\u00e1tir\u00e1ny\u00edt\u00e1s",
    "p\u0159esm\u011bruj",
    "preusmeri",
    "preusmjeri",
    "peradresavimas",
    "y\u00f6nlendi\u0307r",
    "y\u00f6nlendirme",
    "alih",
    "\u8f6c\u5411",
    "\u8f49\u5411",
    "\u91cd\u5b9a\u5411",
    "\u8ee2\u9001",
    "\u30ea\u30c0\u30a4\u30ec\u30af\u30c8",
    "\ub118\uaca8\uc8fc\uae30",
    "\u062a\u062d\u0648\u064a\u0644",
    "\u062a\u063a\u06cc\u06cc\u0631_\u0645\u0633\u06cc\u0631",
    "\u05d4\u05e4\u05e0\u05d9\u05d4",
)

_LANGUAGES = """
    aa ab ace ady af ak als alt am ami an ang ann anp ar arc ary arz as ast atj av avk awa ay az
    azb ba ban bar bat-smg bbc bcl bdr be be-tarask be-x-old bew bg bh bi bjn blk bm bn bo bpy br
    bs btm bug bxr ca cbk-zam cdo ce ceb ch cho chr chy ckb co cr crh cs csb cu cv cy da dag de
    dga din diq dsb dtp dty dv dz ee el eml en eo es et eu ext fa fat ff fi fiu-vro fj fo fon fr
    frp frr fur fy ga gag gan gcr gd gl glk gn gom gor got gpe gu guc gur guw gv ha hak haw he hi
    hif ho hr hsb ht hu hy hyw hz ia iba id ie ig igl ii ik ilo inh io is it iu ja jam jbo jv ka
    kaa kab kbd kbp kcg kg kge ki kj kk kl km kn knc ko koi kr krc ks ksh ku kus kv kw ky la lad
    lb lbe lez lfn lg li lij lld lmo ln lo lrc lt ltg lv lzh mad mai map-bms mdf mg mh mhr mi min
    mk ml mn mni mnw mo mos mr mrj ms mt mus mwl my myv mzn na nah nan nap nds nds-nl ne new ng
    nia nl nn no nov nqo nr nrm nso nup nv ny oc olo om or os pa pag pam pap pcd pcm pdc pfl pi
    pih pl pms pnb pnt ps pt pwn qu rm rmy rn ro roa-rup roa-tara rsk ru rue rw sa sah sat sc scn
    sco sd se sg sh shi shn si simple sk skr sl sm smn sn so sq sr srn ss st stq su sv sw syl szl
    szy ta tay tcy tdd te tet tg th ti tig tk tl tly tn to tok tpi tr trv ts tt tum tw ty tyv udm
    ug uk ur uz ve vec vep vi vls vo vro wa war wo wuu xal xh xmf yi yo yue za zea zgh zh
    zh-classical zh-min-nan zh-yue zh-cn zh-tw zu
"""
# codes of the wikis in other languages: a link to one stands in the sidebar, not in the text
LANGUAGES = frozenset(_LANGUAGES.split())

_INTERWIKI = """
    w wikt wiktionary b wikibooks n wikinews q wikiquote s wikisource src v wikiversity voy
    wikivoyage species wikispecies wikidata commons meta m mw mediawikiwiki foundation wmf
    incubator outreach tools toollabs phab phabricator bugzilla mailarchive rev svn doi pmid hdl
    arxiv google imdbname imdbtitle iarchive isbndb jstor wikia wikiasite wikilivres wikitech nost
    testwiki translatewiki betawikiversity chapter quality strategy usability ticket otrs
"""
# other projects: their text is shown, and leads to no article
INTERWIKI = frozenset(_INTERWIKI.split())
