/// A text to measure with, written for this. It is prose of everyday words, so that its perplexity tells of a model's English.
enum TuningText {
    static let english = """
        The lighthouse at the end of the bay had been dark for eleven years when Marta bought it. The agent who sold it to her was honest about \
        the roof, which leaked, and about the stairs, which were worse. He said nothing about the light itself, since nobody had asked. She paid \
        less for the whole tower than her sister had paid for a car, and moved in on a wet Tuesday in March with two suitcases, a kettle, and a \
        box of tools that had belonged to her father.

        For the first week she did nothing but listen. A house tells you what is wrong with it if you are quiet enough. Water ran behind the \
        kitchen wall after rain. One of the windows in the lamp room sang when the wind came from the north. Somewhere under the floor an old \
        pipe knocked twice every morning at six, as if somebody wanted to be let in. She wrote each sound down in a notebook, with the time and \
        the weather beside it, and by Sunday she knew which of them she would have to deal with and which she could learn to live with.

        The roof came first. The slates were sound, but the lead between them had split, and whoever had repaired it last had used tar. She \
        scraped it away with a chisel, an hour at a time, lying on a ladder that she had tied to the chimney. From up there she could see the \
        whole village: the harbour with its eight boats, the white church, the school, and the long road that came over the hill and went \
        nowhere else. People waved to her from the beach. After a while they began to bring things. The baker brought bread, the teacher brought \
        a map of the bay from before the war, and a boy of about ten brought a question, which was whether she was going to turn the light on.

        She said that she did not know if it still worked. He said that it did not matter whether it worked. His grandfather had told him that a \
        light was not there to work, it was there to be seen. She thought about that for some days.

        In April she opened the lamp room. The lens stood in the middle, taller than she was, made of rings of glass that bent the view of the \
        sea into bands. It was covered in dust and in the droppings of birds that had found their way in through a broken pane. The lamp behind \
        it was gone. The clockwork that had turned it was still there, in a cabinet of oak, and when she put her hand on the great wheel it \
        moved, slowly, and then stopped with a sound like a coin falling into a bowl.

        Cleaning took three weeks. She used warm water and soft cloths, and went over every ring twice. Behind the fourth one she found a folded \
        piece of paper. It was a list in pencil, written in a careful hand: oil, wick, two brushes, a new hinge for the door, stamps, and at the \
        bottom, underlined, the word patience. She put it back where it had been.

        The clockwork was a harder matter. It was driven by a weight on a chain, which hung in a shaft through all five floors, and every four \
        hours somebody had to wind it up again. A spring was broken and two teeth of a wheel were worn away. She drew the wheel on paper, \
        measured it with her father's callipers, and sent the drawing to a man in the city who made parts for church clocks. He wrote back that \
        he could make it in brass or in steel, that brass was kinder to its neighbours and steel lasted longer, and that in his experience \
        people who asked about old machines always wanted to hear that there was a right answer. She chose brass.

        While she waited she read. The teacher's map showed the channel as it had been, closer to the northern shore, and a reef that no boat \
        avoided any more because the sand had covered it. The library in the next town had the logs of the keepers, one book for each year. Most \
        of the pages said the same thing: wind, sea, visibility, lamp lit at such a time, lamp out at such a time, nothing to report. Here and \
        there a line was different. In one winter a keeper had written that he had seen a whale pass so close that he could have thrown his hat \
        on its back. In another, that the supply boat was nine days late and that he had discovered eleven ways to cook a potato, of which two \
        could be recommended. On the last page of the last book there was only a date and the words: the light is off, the door is locked, I have \
        left the key with the baker.

        She went to the baker the next morning and asked. He looked at her for a moment, wiped his hands, and went into the back of the shop. It \
        took him some time. When he came out he had flour on his shoulders and an iron key as long as his hand. It had hung on a nail behind the \
        oven since he was a child, he said, and his mother had told him never to move it, and in all those years nobody had ever told him what it \
        was for. It did not fit the front door, whose lock had been changed. It fitted a small cupboard under the stairs which she had taken for \
        a part of the wall. Inside were a lamp, wrapped in oilcloth, and six spare glasses for it, and not one of them was cracked.

        The wheel came in June. It was a little too large, by less than the thickness of a hair, and she spent an evening taking that hair away \
        with a file. Then she set it in its place, hung the weight on the chain, and wound it up through all five floors. The machine waited, as \
        old machines do, until she had almost given up. Then it began to turn, and the lens turned with it, without any sound at all.

        On the longest day of the year, when it was hardly dark enough to matter, she lit the lamp. She had told nobody, but in a village that \
        small there is no need to tell. They stood on the beach in twos and threes, with blankets and bottles, and the eight boats lay side by \
        side in the harbour with their own lights out. The beam went over the water, over the roofs, over the hill and the road, and came back. \
        The boy counted the seconds aloud. At twelve it reached them again, and his grandfather, who had not been out of his house since winter, \
        took off his cap, as one does when somebody comes home.
        """
}
