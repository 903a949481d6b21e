"""Names that stand for each other: who asks for Bob also means Robert, and the other way round.

One group a given name, parted by semicolons: the full form, then what it is shortened to in English, German or
Spanish. A short form may stand in several groups (Alex is Alexander and Alexandra). All words are folded, as in
`desk.identifiers`.
"""

from functools import cache

_NAMES = """
aaron ron ronnie; abigail abby gail; abraham abe bram; adelaide addie ada heidi; adelheid heidi; adolfo fito;
agnes aggie nessie; alan al; albert al bert bertie; alberto beto tito; alejandra ale jandra sandra alex;
alejandro ale alex jandro sandro; alexander alex al xander sandy sasha; alexandra alex sandra sandy lexi sasha;
alfonso poncho alf; alfred al alf alfie fred freddy; alice ali allie; allison allie ali; amanda mandy;
amelia amy millie; andrea andi; andreas andi andy; andrew andy drew; angela angie angel; angelika geli;
anna ann annie anne nan nancy anni; annemarie anne marie; anthony tony ant; antonia toni; antonio tono toni tony;
archibald archie; arnold arnie; arthur art artie; august gus; augustin gus tino; barbara barb babs barbie babsi;
bartholomew bart; bartolome barto; beatrice bea trixie; beatriz bea betty; belinda linda bel; benedict ben;
benedikt ben; benjamin ben benny benji; bernard bernie; bernhard bernd berni; bernd bernhard; bertram bert;
brigitte gitte biggi gitta; calvin cal; cameron cam; carlos carlitos charly; carolina caro;
caroline carol carrie caro; carolyn carol carrie; carmen carmela carmina; catalina cata;
catherine cathy kate katie cat kitty; cecilia cece cissy ceci; charles charlie chuck chas;
charlotte charlie lottie lotte; christian chris; christina chris tina chrissy christy; christine chris tina chrissy;
christoph chris stoffel; christopher chris kit topher; clara clare; clifford cliff; concepcion concha conchita;
consuelo chelo; constance connie; cornelia conny nelly; cynthia cindy; daniel dan danny dani; daniela dani;
david dave davey davy; deborah deb debbie; denise denny; dennis denny den; dieter didi; dietrich dieter;
dolores lola; dominic dom nick; dominik dom; donald don donnie; dorothea thea doro dorle; dorothy dot dottie dolly;
douglas doug; eduardo edu lalo; edward ed eddie ned ted teddy; edwin ed eddie; eleanor ellie nell nora;
elena ellie lena; elisabeth lisa elli lisbeth betty liesl sissi elsa;
elizabeth liz lizzie beth betty betsy eliza libby lisa; emily em millie emmy; emma em; enrique quique kike;
ernest ernie; ernesto neto; esperanza espe; esther essie; eugene gene; evelyn eve evie; fabian fabi; felix fe;
fernando fer nando; florence flo flossie; florian flo; frances fran frankie fanny; francesca fran franca;
francis frank; francisca paca paquita fran; francisco paco pancho curro fran kiko; franziska franzi ziska;
frederick fred freddie rick; friedrich fritz fred; gabriel gabe gabi; gabriela gabi; gabriele gabi;
geoffrey geoff jeff; george georgie; gerald gerry jerry; gerard gerry; gerhard gerd; gertrud trude gerti;
gertrude trudy gert; gillian gill jill; gonzalo gonza; graciela chela; gregory greg; gregor grischa;
guadalupe lupe lupita; guenter guenni; gunter gunni; guillermo memo guille; gustavo gus tavo; hannah hanna;
hannelore hanne lore; hans johannes hansi; harold harry hal; heinrich heinz heiner heini; helen nell nellie;
helena lena; helene lene leni; henrietta etta hettie; henry harry hank hal; herbert herb bert; hildegard hilde;
howard howie; hubert bert hubsi; hugh hughie; ignacio nacho; ignatius iggy; irene rene; isaac ike;
isabel isa bella chabela; isabella bella izzy isa; isabelle belle izzy; isidore izzy; jacob jake; jacqueline jackie;
jaime jimmy; jakob jockel; james jim jimmy jamie; jane janie jenny; janet jan; jason jay; javier javi; jeffrey jeff;
jennifer jen jenny; jeremy jerry; jessica jess jessie; jesus chuy chus; joachim jochen achim; joan joanie;
joanne jo; joaquin quino; johanna hanna jo; johannes hans jo hannes; john jack johnny jon;
jonathan jon jonny nathan; jorge coque; joseph joe joey jo; josefa pepa; josef sepp jupp; josefina fina;
jose pepe chepe; josephine jo josie; joshua josh; juan juanito; judith judy jude; juergen juergi; jurgen jurgi;
julia jules juli; julian jules; julio julito; karl kalle charly; karoline caro karo line;
katharina kathi katja kaethe tina; katharine kathy kate katie kit; katherine kathy kate katie kit kay;
kathleen kathy kate katie; kathrin kathi trine; kenneth ken kenny; kevin kev; kimberly kim; klaus nikolaus;
konrad conny kurt; kristina kris tina; laura laurie; lawrence larry; leandro lean; leonard leo len lenny;
leonardo leo nardo; leonhard leo hardy; leopold leo poldi; leslie les; lewis lew; lillian lily lil; louis lou louie;
louisa lou; louise lou; lourdes lulu; lucia lucy luci; lucinda lucy cindy; ludwig lutz wiggerl; luis lucho;
luise lulu; madeline maddie; magdalena lena magda leni; manfred manni fred; manuel manolo manu; manuela manu ela;
marcus mark marc; margaret maggie meg peggy marge margie greta rita; margarete grete gretel greta margit;
margarita rita marga; maria mia mimi mary; marianne nanne; martha marty; martin marty tino; martina tina;
mary molly polly may mamie; mathilde tilda hilde; matilda tilly mattie; matthew matt matty; matthias matze hias;
maureen mo; maurice mo; maximilian max maxi; maxwell max; mechthild mechti; melanie mel; melissa mel missy lissa;
mercedes merche; michael mike mick mickey mikey michi; michaela michi; michelle shelly chelle; miguel migue;
mildred millie; miranda mindy; miriam mimi; mohammed mo muhammad mohamed mehmet; monica mona moni; monika moni;
montserrat montse; morgan mo; nancy nan; natalia nati talia; natalie nat; natasha tasha; nathan nate nat;
nathaniel nate nat nathan; nicholas nick nicky; nicolas nico; nicole nicky nikki; nikolaus klaus niko nick;
norbert nobbi bert; norman norm; oliver ollie olli; olivia liv livvy; oscar ossie; oskar ossi; otto ottmar;
pamela pam; patricia pat patty tricia trish; patrick pat paddy rick; paul paulie; pedro perico; penelope penny;
percival percy; peter pete; petra peti; philip phil pip; phillip phil pip; philipp phil; priscilla cilla prissy;
rachel rae; rafael rafa; rainer rai; ralph ralphie; ramon moncho; randolph randy; raphael rafe; raymond ray;
rebecca becky becca; regina gina; reginald reg reggie; renate nate; rene renny; ricardo ricky richi cayo;
richard rick rich dick richie ricky; robert bob rob bobby robbie bert; roberta bobbie robbie;
roberto beto rober tito; rodrigo rodri; roderick rod; roger rodge; roland roly rolli; ronald ron ronnie;
rosa rosi rosita; rosalind roz; rosario charo; rosemary rose rosie; rudolf rudi rolf; rudolph rudy; rupert ruprecht;
russell russ; sabine bine biene; salvador salva chava; samantha sam sammy; samuel sam sammy; sandra sandy;
santiago santi; sarah sally sadie; sebastian seb bastian basti sebas; sergio checo; shirley shirl; sidney sid;
siegfried sigi; sigmund sigi; silvia silvi; simon si; solomon sol; sophia sophie; sophie sofie; soledad sole;
stanley stan; stefan steff steffen; stefanie steffi; stephanie steph stevie; stephen steve; steven steve;
stuart stu; susan sue susie suzy; susanna sue susi sanna; susanne susi sanne; sylvester sly vester; sylvia sylvie;
tabitha tabby; teresa tess terry tere tessa; terence terry; thaddeus tad thad; theodor theo;
theodore ted teddy theo; theresa tess terry resi tessa; therese resi; thomas tom tommy; timothy tim timmy;
tobias tobi toby; trevor trev; ulrich uli ulli; ulrike uli rike; ursula uschi ulla ursel; valentin vale;
valerie val; vanessa nessa; veronica ronnie vero; veronika vroni; vicente chente; victor vic;
victoria vicky tori vic; vincent vince vinnie; viola vi; virginia ginny; viviana vivi; vivian viv;
vladimir vlad wladi; waldemar waldi; walter walt wally; wilhelm willi willy helmut; wilhelmine minna mina;
william bill will billy willie liam; winifred winnie; wolfgang wolf wolfi; yolanda yoli; yvonne vonnie;
zachary zach zack
"""


@cache
def _table() -> dict[str, frozenset[str]]:
    """Every name with the names that it may stand for: full with short forms, and short forms of one full name."""
    found: dict[str, set[str]] = {}
    for group in _NAMES.split(";"):
        names = group.split()
        for name in names:
            found.setdefault(name, set()).update(names)
    return {name: frozenset(others - {name}) for name, others in found.items()}


def also_called(word: str) -> frozenset[str]:
    """The other names of whoever is called `word` (folded); empty for a word that is no such name."""
    return _table().get(word, frozenset())
