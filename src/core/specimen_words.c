/* SPDX-License-Identifier: Apache-2.0 */
#include "core/specimen_words.h"

const struct specimen_country specimen_countries[] = {
    {"en", "United Kingdom", "44",
     "Ada|Alan|Grace|Oliver|Amelia|George|Isla|Harry|Freya|Noah|Emily|Jack|Charlotte|Thomas",
     "Lovelace|Turing|Smith|Jones|Taylor|Brown|Williams|O'Connor|Wilson|Hughes|Clarke|Patel|Ahmed",
     "London|Manchester|Leeds|Bristol|Glasgow|Cardiff|Belfast|York|Norwich|Plymouth",
     "High Street|Station Road|Church Lane|Mill Lane|Victoria Road|Queen's Square|The Crescent",
     "Ltd|plc|LLP|Group|& Sons",
     "Engineering|Foods|Logistics|Insurance|Textiles|Software|Analytics|Hotels|Energy|Housing"},
    {"en", "United States", "1",
     "James|Mary|Robert|Patricia|John|Jennifer|Michael|Linda|David|Elizabeth|Maria|José",
     "Johnson|Garcia|Miller|Davis|Rodriguez|Martinez|Hernandez|Lopez|Nguyen|Lee|Walker|Young",
     "Austin|Boston|Chicago|Denver|Seattle|Portland|Atlanta|Phoenix|Columbus|Raleigh",
     "Main Street|Oak Avenue|Maple Drive|Washington Boulevard|2nd Avenue|Park Place",
     "Inc.|LLC|Corp.|Holdings|Partners",
     "Systems|Health|Capital|Robotics|Media|Freight|Labs|Foods|Aerospace|Learning"},
    {"de", "Deutschland", "49",
     "Jürgen|Anna|Lukas|Ursula|Björn|Gréta|Hans|Sabine|Thomas|Heike|Weiß",
     "Müller|Schmidt|Schneider|Fischer|Weber|Weiß|Schä"
     "fer|Köhler|Groß|Jung|"
     "Vögel|Schrö"
     "der",
     "Berlin|Hamburg|München|Köln|Düsseldorf|Leipzig|Nürnberg|Gieß"
     "en|Bremen",
     "Hauptstraß"
     "e|Bahnhofstraß"
     "e|Lindenallee|Grüner Weg|Schloßplatz|Mühlgasse",
     "GmbH|AG|GmbH & Co. KG|KG|e.G.",
     "Maschinenbau|Werkzeuge|Bä"
     "ckereien|Versicherung|Elektronik|Spedition|Brauerei|Stahl"},
    {"en", "France", "33",
     "Amélie|François|Chloé|Jean|Lé"
     "a|Hélène|Pierre|Noémie|René",
     "Martin|Bernard|Dubois|Lefèvre|Moreau|García|Bérang"
     "er|François|Roux",
     "Paris|Lyon|Marseille|Toulouse|Nantes|Besançon|Nîmes|Saint-Étienne",
     "rue de la Paix|avenue Foch|boulevard Voltaire|place de la République|rue de l'Église",
     "SARL|SA|SAS|& Fils", "Conseil|Énergies|Transports|Assurances|Textiles|Distribution"},
    {"en", "Polska", "48",
     "Zofia|Jan|Małgorzata|Stanisł"
     "aw|Agnieszka|Paweł|Łukasz|Wojciech",
     "Kowalski|Nowak|Wiśniewska|Wójcik|Kamiński|Zielińska|Dą"
     "browski",
     "Warszawa|Kraków|Łó"
     "dź|Wrocł"
     "aw|Poznań|Gdańsk",
     "ulica Polna|ulica Leśna|aleja Niepodległoś"
     "ci|ulica Słoneczna",
     "Sp. z o.o.|S.A.", "Budownictwo|Transport|Usługi|Meble|Energia|Logistyka"},
    {"en", "Türkiye", "90",
     "Ayş"
     "e|Mehmet|Elif|Mustafa|Zeynep|İsmail|Ömer|Fatma",
     "Yılmaz|Kaya|Demir|Ş"
     "ahin|Ç"
     "elik|Yıldız|Öztürk",
     "İstanbul|Ankara|İzmir|Bursa|Eskiş"
     "ehir|Diyarbakır",
     "Atatürk Caddesi|Cumhuriyet Sokak|İnönü Caddesi", "A.Ş.|Ltd. Şti.",
     "Tekstil|İnş"
     "aat|Gı"
     "da|Turizm|Lojistik"},
    {"en", "Україна", "380",
     "Оксана|Іван|"
     "Марія|Андрій",
     "Шевченко|Коваль|"
     "Бондар|Кравець",
     "Київ|Львів|Одеса",
     "вул. Садова|"
     "вул. Миру",
     "ТОВ", "Буд|Агро|Транс"},
    {"en", "Ελλάδα", "30",
     "Γιώργος|Μαρία|"
     "Ελένη",
     "Παπαδόπουλος|"
     "Νικολάου",
     "Αθήνα|Πάτρα", "οδός Ερμού", "A.E.|E.Π.E.", "Τρόφιμα|Ενέργεια"},
    {"ar", "مصر", "20",
     "محمد|فاطمة|"
     "أحمد|مريم",
     "حسن|السيد|علي|"
     "إبراهيم",
     "القاهرة|"
     "الإسكندرية",
     "شارع التحرير", "ش.م.م",
     "التجارة|"
     "الطاقة|النقل"},
    {"en", "日本", "81", "太郎|花子|健一|美咲", "佐藤|鈴木|高橋|田中", "東京都|大阪市|京都市",
     "中央区銀座|港区", "株式会社", "工業|電機|商事|運輸"},
};
const size_t specimen_countries_n = sizeof specimen_countries / sizeof *specimen_countries;

const char specimen_frequent[] =
    "the|to|and|of|we|our|a|in|is|for|with|that|on|it|are|have|from|as|be|by|not|all|at|need|which|"
    "cloud|services|team|want|system|new|data|more|people|like|move|this|one|would|has|will|two|but|"
    "support|months|currently|project|their|platform|time|business|clients|they|an|migration|run|"
    "between|into|help|or|work|existing|applications|about|year|up|own|company|make|than|three|each|"
    "azure|kubernetes|after|security|before|small|software|first|servers|without|what|development|"
    "infrastructure|only|every|should|so|customers|can|also|over|office|process|same|old|day|now|"
    "database|production|other|environment|must|some|next|monitoring|pipeline|costs|because|us|"
    "deployment|improve|looking|years|staff|internal|public|access|application|were|plan|website|"
    "there|orders|solution|quarter|when|who|hours|manual|automated|backups|legacy|virtual|machines|"
    "weeks|budget|training|developers|until|already|reports|release|storage|network|hosted|outages|"
    "code|windows|linux|api|payments|audit|compliance|testing|performance|billing|invoices|reduce|"
    "architecture|provider|warehouse|mobile|users|integration|delivery|secure|portal|terraform|"
    "containers|documents|contract|regions|scale|response|observability|incident|alerts|recovery|"
    "stock|schedule|partners|shop|subsidiary|rollout|merger|spreadsheet|printer|nightly|handover|"
    "wir|und|die|der|das|für|mit|unsere|eine|brauchen|Umzug|mö"
    "chten|Bestellungen|"
    "Lösung|Geschä"
    "ft|Größ"
    "e|zusätzlich|prü"
    "fen|"
    "nous|pour|les|notre|déploiement|sé"
    "curité|donné"
    "es|réseau";

const char specimen_syllables[] =
    "ba|be|bi|bo|bra|ca|ce|cor|da|de|di|dor|dra|el|en|er|fa|fe|fin|for|ga|gel|gra|ha|hel|in|is|ja|"
    "ka|kel|kir|la|le|lin|lo|lun|ma|mer|mi|mon|na|ne|nor|ol|on|or|pa|pel|pi|pra|qua|ra|re|rin|ro|"
    "sa|sel|si|sol|sta|ta|tel|ti|tor|tra|ul|un|va|vel|vi|vor|wa|wen|xa|ya|yel|za|zen|zi|zor";
