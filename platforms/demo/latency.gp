# SPDX-License-Identifier: MIT
# gnuplot -e "dir='out'" platforms/demo/latency.gp
set terminal svg size 900,500 dynamic noenhanced background "white"
set output dir."/latency.svg"
set title "MSIs of a Linux boot: cycles from acceptance to pending, and in the translator"
set xlabel "cycles"
set ylabel "MSIs"
set style fill solid 0.7 border
set boxwidth 0.8 absolute # and a bin of several cycles is as wide as these
set xrange [0:*]
set grid ytics
set key outside top center horizontal
plot dir."/latency.dat" using (($1+$2)/2):3:($2-$1+0.8) with boxes title "accepted to pending", \
     "" using (($1+$2)/2):4 with impulses lw 2 title "translation alone"
