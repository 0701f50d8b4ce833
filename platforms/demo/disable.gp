# SPDX-License-Identifier: MIT
# gnuplot -e "dir='out'" platforms/demo/disable.gp
set terminal svg size 900,500 dynamic noenhanced background "white"
set output dir."/disable.svg"
set title "Enabled 1 to 0: dirty lines go to memory one by one, then Quiescent rises"
set xlabel "cycles since the write to GITS_CTLR was started"
set ylabel "lines"
set y2range [-0.3:5]
set y2tics ("OFF" 0, "ON" 1, "DRAIN" 2, "WRITEBACK" 3, "Quiescent 0" 4, "Quiescent 1" 4.7)
set yrange [0:*]
set grid
set key outside top center horizontal
set autoscale xfix
plot dir."/disable.dat" using 1:2 with steps lw 2 title "dirty lines", \
     "" using 1:4 with steps lw 2 title "writes sent", \
     "" using 1:5 axes x1y2 with steps lw 2 dt 2 title "drain state", \
     "" using 1:(4+$6*0.7) axes x1y2 with steps lw 3 title "Quiescent"
