"""Sounds and first names of the invented peoples.

A name is a first part, a second part and an ending. No first part is the beginning of another one
and all second parts are two letters long, so different parts give different names.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Culture:
    """What the names of one people are made of."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    places: tuple[str, ...]
    surnames: tuple[str, ...]
    countries: tuple[tuple[str, str], ...]  # ending of the country and of its adjective
    men: tuple[str, ...]
    women: tuple[str, ...]


def _culture(
    first: str, second: str, places: str, surnames: str, countries: str, men: str, women: str
) -> Culture:
    pairs = tuple((pair.split("/")[0], pair.split("/")[1]) for pair in countries.split())
    return Culture(
        first=tuple(first.split()),
        second=tuple(second.split()),
        places=tuple(places.split()),
        surnames=tuple(surnames.split()),
        countries=pairs,
        men=tuple(men.split()),
        women=tuple(women.split()),
    )


CULTURES = (
    _culture(
        "Ask Bjor Dal Eik Fjal Grim Hald Isv Jor Kal Lund Myr Nord Ost Rag Sil Tor Ulv Vest Yng "
        "Brun Skar Stav Hol Tveg Kvern Sand Raud Lys Hav Elm Fros Gul Hest Jarl Krag Lind Mol Nes "
        "Orm",
        "in un el ar er ol al ev ig os ur am ek il av or en us im ed",
        "vik stad havn mere fjord berg torp sund by holm dal nes lund gard",
        "sen gaard quist holt strand mark rud berg vang lund by dottir",
        "ia/ian land/landic mark/markian ora/oran",
        "Anders Birk Casper Dag Einar Folke Gunnar Halvor Ivar Jens Kjell Lars Magnus Nils Olav "
        "Per Rolf Sigurd Trygve Ulrik Viggo Oskar Henrik Erik",
        "Astrid Berit Cecilie Dagny Ebba Freja Greta Hedda Inge Johanna Karin Liv Maja Nora Oda "
        "Petra Ragna Signe Thea Ulla Vilde Sonja Ingrid Elin",
    ),
    _culture(
        "Bor Chel Dob Gor Hlin Jav Kam Lub Mir Nov Ostr Pol Rad Slav Tark Ved Zab Bel Vor Kras "
        "Lip Dra Step Tem Yar Zel Grad Kol Mok Pras Rov Sob Tul Vish Zar Bran Dub Lesk Medv Sok",
        "ov in el ar an un ev od it ol us yr im il om az ur et en ak",
        "grad ovo nitsa pol sk ina gorsk nik ava brod ets mir any var",
        "ovic enko sky in ov ak yk iev owicz ar ich ets",
        "ia/ian ovia/ovian ania/anian stan/stani",
        "Anton Boris Danil Emil Filip Goran Igor Jakub Kirill Leon Marek Nikola Oleg Pavel Roman "
        "Stefan Tomas Vadim Viktor Yuri Zoran Milan Andrej Luka",
        "Alina Bojana Darya Eva Galina Helena Irina Jana Katya Lidia Milena Nadia Olga Polina Rada "
        "Sofia Tanya Vera Yelena Zora Mira Ludmila Ivana Natasha",
    ),
    _culture(
        "Alb Bel Cas Dor Esc Fer Gal Herm Jun Lor Mar Nav Olv Pal Quin Ros Sal Tor Urb Val Zam Bar "
        "Cor Del Font Guad Ler Mont Ner Per Riv San Tav Ver Vil Ard Cam Luc Mend Ter",
        "an en in or ar el ol ed uc ad ov il am ur et un es al ir on",
        "ello ona ida ara essa ino osa eira ales ento avo une oro ille",
        "ez ini etti eiro andi ales oso ari elli ante ona ora",
        "ia/ian onia/onian aria/arian ola/olan",
        "Alvaro Bruno Carlo Diego Enzo Fabio Gaspar Hugo Ivo Javier Lorenzo Marco Nestor Otavio "
        "Paolo Rafael Sergio Tiago Ugo Vito Dario Mateo Rui Emilio",
        "Alba Bianca Carla Diana Elena Flavia Gloria Ines Julia Laura Marta Noemi Olivia Paula "
        "Rosa Silvia Teresa Valeria Viola Lucia Clara Beatriz Isabel Irene",
    ),
    _culture(
        "Brek Dorn Eber Falk Groen Hart Ich Kreu Lang Mos Nieder Ober Pfal Rot Sch Tann Uhl Vel "
        "Wald Zwei Blau Eich Gold Hirsch Kirch Linden Mittel Neu Stein Wein Adel Berch Drei Ems "
        "Fried Grau Hoch Kalt Rhen Siel",
        "en er el in ol an au um am is on ar ek un it us ab ul ed im",
        "burg dorf heim bach feld hafen furt tal hausen stadt werder beek dijk wijk",
        "mann stein er ing hoff bauer kamp huis beck meier scholt hof",
        "ia/ian land/lander mark/markan reich/reichian",
        "Albrecht Bernd Conrad Dieter Ernst Franz Gerhard Hans Jurgen Karl Ludwig Moritz Niklas "
        "Otto Pieter Rainer Stefan Theo Uwe Volker Walter Dirk Joost Willem",
        "Anke Birgit Clara Dora Elke Frieda Gerda Hanna Ilse Johanna Katrin Lotte Marlene Nele "
        "Paula Renate Sabine Trude Ursula Wilma Anneke Femke Saskia Heidi",
    ),
    _culture(
        "Ash Bar Col Dun Elk Fair Glen Har Ive Ken Long Mel New Oak Pen Rad Stan Thorn Up Wes Brad "
        "Chat Dart Ever Ful Green Hag Inch Kirk Lang Mar Nor Old Prest Rush Sed Tam Whit Win York",
        "er en in el ar on or am um es ow al is et ad it un ob id ol",
        "ton ford ham mere wick bury field port by worth dale combe stow bridge",
        "son well man ley worth ers by more ford field ton wood",
        "ia/ian shire/shirean land/landish wold/woldian",
        "Arthur Basil Cedric Duncan Edmund Frank George Harold Ian James Keith Leonard Miles "
        "Norman Oliver Percy Ralph Simon Thomas Walter Edgar Hugh Martin Philip",
        "Agnes Beryl Cora Daphne Edith Fiona Grace Hazel Isla Joan Kate Lucy Mabel Nell Olive "
        "Phyllis Rose Susan Tessa Violet Winifred Harriet Martha Alice",
    ),
    _culture(
        "Akt Bal Chag Day Erk Gul Isk Kar Kyz Man Nur Ork Sar Tash Ulu Yar Zer Bay Dost Kok Mer "
        "Tem Uzg Khor Bish Shal Alt Tur Ged Aral Bek Jal Sam Tok Bur Kens Ordo Syr Talg Narn",
        "ai an en ar al ur il am ak ol in ir oz ek im ul at er un ys",
        "abad kent tau kol bulak dere su qala tepe koy ata tobe bazar shahr",
        "oev bayev oglu bekov khan uly zade yar im aliyev baev li",
        "istan/istani ia/ian an/ani orda/ordan",
        "Aibek Bolat Daniyar Emir Farid Kemal Hasan Ilyas Jamal Kerim Murat Nazar Omar Rustam "
        "Selim Timur Umar Yusuf Zafar Arman Bakhyt Erlan Orhan Tariq",
        "Aigul Bahar Dilara Elif Fatima Gulnara Halima Indira Jamila Leyla Madina Nargiz Ozlem "
        "Perihan Roza Saule Tamara Umida Yasmin Zehra Aliya Amina Meral Samira",
    ),
    _culture(
        "Aki Chiy Fuk Hana Ito Kag Mats Nag Oka Saku Tach Uey Yama Hoku Kuro Miya Naru Shir Taka "
        "Waka Kita Mori Asa Fuji Hira Ino Kawa Mina Nishi Ono Sato Toyo Yoko Aoki Haru Kumo Raku "
        "Suzu Tori Umi",
        "na ra mi ko ri se no ta ka yu ha re do ki ma ku go ne sa to",
        "shima yama kawa hama saki mura hara oka sato jima ura zaki wara machi",
        "moto da guchi be hashi naka mori shita no kura tani sue",
        "nia/nian ria/rian land/landese wa/wan",
        "Akira Daichi Eiji Genji Haruto Isamu Jiro Kenji Makoto Naoki Osamu Ren Satoru Takeshi "
        "Yuto Hiroshi Kazuo Masao Shinji Tadashi Yoshio Kenta Ryo Minoru",
        "Aiko Chieko Emi Fumiko Hana Izumi Junko Kaori Mariko Naoko Rei Sachiko Tomoko Yumi Haruka "
        "Keiko Michiko Noriko Sayuri Yoko Asuka Mayumi Nanami Risa",
    ),
    _culture(
        "Amr Bhan Chand Dev Gan Hari Ind Jay Kal Lakh Mah Nal Pram Raj Sur Tej Udai Var Yash Zub "
        "Bhag Dhar Gop Kesh Mith Nar Parv Sindh Tir Vij Anup Basav Chitr Dur Govin Ishan Kund Mang "
        "Nandi Shan",
        "an in ar al am at ir ul av ad om it ak ur ol as ev um id ay",
        "pur abad nagar garh patnam kot puram giri wada durg halli sar khand ganj",
        "an ary kar pillai wala desai rao uri ani nath mal das",
        "desh/deshi ia/ian stan/stani ora/oran",
        "Ajay Bharat Chetan Dinesh Farhan Girish Harsh Imran Jagdish Kiran Lalit Manoj Naveen "
        "Omkar Prakash Rahul Sanjay Tarun Umesh Vikram Anil Deepak Mohan Rohan",
        "Aditi Bhavna Chitra Divya Farah Gita Hema Indu Jaya Kavita Lata Meera Nisha Padma Radha "
        "Sarita Tara Uma Vidya Yamini Anjali Lakshmi Priya Sunita",
    ),
)
