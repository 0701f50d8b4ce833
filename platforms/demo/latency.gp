# SPDX-License-Identifier: MIT
# gnuplot -e "dir='out'" platforms/demo/latency.gp
set terminal svg size 900,500 dynamic noenhanced background "white"
set output dir."/latency.svg"
set title "MSIs of a Linux boot: cycles from acceptance to pending, and in the translator"
set xlabel "cycles"
set ylabel "MSIs"
set style fill solid 0.7 border
set boxwidth 0.8 absolute
set xrange [0:*]
set grid ytics
set key outside bottom center horizontal
plot dir."/latency.dat" using 1:2 with boxes title "accepted to pending", \
     "" using 1:3 with impulses lw 2 title "translation alone"
