import type { EvaluationPair } from "./evaluation-pair.ts";

/**
 * What a person might have had remembered, and how they would ask for it months later: in other words, in passing, in the
 * other language. Neighbours are near on purpose (two cars, three doctors), so that to be about the same thing is not
 * enough. Each memory is a distractor of all others.
 */
export const SAMPLE_PAIRS: readonly EvaluationPair[] = [
  pair(
    "birthday-anna",
    "Anna's birthday is on the 14th of May; she likes lilies",
    "When was my sister Anna born?",
  ),
  pair("birthday-tom", "Tom turns forty on 2 September", "which day do I have to congratulate Tom"),
  pair(
    "car-insurance",
    "The Volvo is insured with Helvetia, policy 8841-22, renewal each March",
    "who covers the automobile if I crash it",
  ),
  pair("car-tyres", "Winter tyres of the Volvo are stored at Meier's garage", "where are my snow wheels"),
  pair(
    "dentist",
    "Dentist: Dr. Keller, Bahnhofstrasse 12, closed on Wednesdays",
    "I have a toothache, whom do I call?",
  ),
  pair("family-doctor", "Family doctor is Dr. Brunner; prefers appointments by mail", "who is our GP"),
  pair("vet", "The cat sees Dr. Lang at the clinic in Oerlikon", "the kitten is sick, which vet do we go to"),
  pair(
    "wifi-guest",
    "Guest wifi is called Maple, its passphrase hangs on the fridge",
    "how do visitors get online at home",
  ),
  pair(
    "server-backup",
    "Backups of the home server run at 03:30 and go to the NAS in the cellar",
    "where do the nightly copies of my machine end up",
  ),
  pair(
    "server-ssh",
    "The home server listens for ssh on port 2222, keys only",
    "how do I log in to the box at home remotely",
  ),
  pair(
    "deploy",
    "Deployments of the shop happen on Tuesdays, never before a weekend",
    "on which days do we release the store",
  ),
  pair(
    "database-choice",
    "We chose SQLite over Postgres because there is one writer",
    "why didn't we take a bigger database",
  ),
  pair(
    "code-style",
    "I prefer small functions, tabs never, and tests beside the source",
    "how do I like my code formatted",
  ),
  pair(
    "language",
    "Answer me in British English and keep it short",
    "what tone and spelling should you use with me",
  ),
  pair("allergy", "I am allergic to hazelnuts; almonds are fine", "which food must not be in my cake"),
  pair("diet-lea", "Lea has been vegetarian since 2021 but eats eggs", "what can I cook for Lea"),
  pair(
    "coffee",
    "Favourite beans: Ethiopian, light roast, from the shop at the station",
    "which espresso should I buy again",
  ),
  pair("passport", "My passport expires on 30 June 2029", "until when can I travel with my travel document"),
  pair(
    "flight-seat",
    "On planes I take the aisle, far from the engines",
    "where do I like to sit when flying",
  ),
  pair(
    "gym",
    "The gym membership ends in October unless cancelled by August",
    "when must I quit the fitness club",
  ),
  pair(
    "landlord",
    "The landlord is Mr. Suter; repairs go through his office, not to him",
    "the heating is broken in the flat, whom do I tell",
  ),
  pair(
    "rent",
    "Rent is 2,150 a month, paid on the 25th for the next month",
    "how much do we pay for our home",
  ),
  pair(
    "salary-day",
    "Wages arrive on the 23rd, in December already on the 18th",
    "when do I get my money from work",
  ),
  pair(
    "thesis",
    "Mia's thesis is about bats and street lights; hand-in is 1 March",
    "what is Mia writing at university",
  ),
  pair("妈妈生日", "妈妈的生日是农历八月初三，喜欢桂花糕", "老妈哪天过生日"),
  pair("女儿学校", "女儿在实验小学三年级二班，班主任姓陈", "孩子的老师叫什么"),
  pair("车牌", "新买的轿车车牌是沪A·6K218，每周四限行", "我的汽车哪天不能上路"),
  pair("车位", "公司的停车位在地下二层C区17号", "上班时车停在哪里"),
  pair("牙医", "牙医是仁和口腔的王大夫，周日休息", "牙疼该找谁看"),
  pair("体检", "每年十一月做体检，上次血脂偏高", "我身体检查有什么问题"),
  pair("过敏", "我对青霉素过敏，看病时一定要告诉医生", "哪种药我不能用"),
  pair("外婆吃药", "外婆每天早上八点吃降压药，饭后再吃钙片", "老人家的药怎么吃"),
  pair("路由器", "路由器的管理密码写在书房抽屉里的红本子上", "家里网络的后台怎么登录"),
  pair("服务器", "线上服务器在阿里云杭州，重启前要先通知老李", "要重新启动机器得先跟谁说"),
  pair("发版", "我们只在周二和周四下午发布新版本", "什么时候可以上线"),
  pair("代码习惯", "写代码时变量名用英文，注释用中文", "注释应该用哪种语言写"),
  pair("称呼", "叫我阿明就行，不要用您", "你该怎么称呼我"),
  pair("口味", "我不吃香菜和羊肉，爱吃辣", "点菜的时候要避开什么"),
  pair("咖啡", "下午三点以后我不喝咖啡，会失眠", "为什么傍晚不给我推荐提神饮料"),
  pair("护照", "护照放在卧室衣柜的保险箱里，明年四月到期", "出国的证件在哪儿"),
  pair("旅行计划", "十月打算带父母去云南，先到大理再到丽江", "国庆以后全家去哪儿玩"),
  pair("房租", "房租每季度付一次，一次一万八，打给房东刘女士", "住的地方要交多少钱"),
  pair("物业", "漏水报修打物业电话 6688-1234，二十四小时有人", "水管坏了联系谁"),
  pair("健身", "每周一三五晚上去游泳，教练叫小赵", "谁教我锻炼"),
  // Asked for in the other language.
  pair("宠物", "家里的猫叫豆豆，五岁，怕打雷", "what is the name of our cat"),
  pair("结婚纪念日", "结婚纪念日是六月十八日，在杭州办的婚礼", "when did we get married"),
  pair("bank", "The joint account is with the cantonal bank, cards are in the blue folder", "银行卡放在哪里"),
  pair("piano", "Piano lessons are on Fridays at five with Mrs. Okafor", "孩子星期几上钢琴课"),
];

function pair(key: string, content: string, question: string): EvaluationPair {
  return { question, memory: { key, content } };
}
