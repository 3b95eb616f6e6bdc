;; Dot products of rows of whole numbers: eight multiplications an instruction.
;;
;; Rows are 16 bit numbers behind each other in memory from 0 on, each $stride bytes long (a multiple of 16; what
;; is left over is 0). The sum of the squares of a row is at most 2^30, so no sum leaves 32 bits, whichever way it
;; is added up (Cauchy and Schwarz); the results are exact, and the twin in dot-products.ts gives the same.
;;
;; npm run kernel   makes dot-products-wasm.ts of this file
(module
  (memory (export "memory") 1)

  (func $sum (param $lanes v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
      (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes)))))

  ;; Rows [$row, $row + 4) times rows [$column, $columnEnd), two by two, to $out: four rows of 32 bit numbers, $width
  ;; bytes apart.
  (func (export "strip") (param $row i32) (param $column i32) (param $columnEnd i32) (param $stride i32) (param $out i32) (param $width i32)
    (local $a i32) (local $b i32) (local $at i32)
    (local $a1 i32) (local $a2 i32) (local $a3 i32) (local $b1 i32)
    (local $left v128) (local $x v128) (local $y v128)
    (local $s00 v128) (local $s10 v128) (local $s20 v128) (local $s30 v128)
    (local $s01 v128) (local $s11 v128) (local $s21 v128) (local $s31 v128)
    (local.set $a (i32.mul (local.get $row) (local.get $stride)))
    (local.set $a1 (i32.add (local.get $a) (local.get $stride)))
    (local.set $a2 (i32.add (local.get $a1) (local.get $stride)))
    (local.set $a3 (i32.add (local.get $a2) (local.get $stride)))
    (block $done
      (loop $columns
        (br_if $done (i32.ge_u (local.get $column) (local.get $columnEnd)))
        (local.set $b (i32.mul (local.get $column) (local.get $stride)))
        (local.set $b1 (i32.add (local.get $b) (local.get $stride)))
        (local.set $at (i32.const 0))
        (local.set $s00 (v128.const i32x4 0 0 0 0))
        (local.set $s10 (v128.const i32x4 0 0 0 0))
        (local.set $s20 (v128.const i32x4 0 0 0 0))
        (local.set $s30 (v128.const i32x4 0 0 0 0))
        (local.set $s01 (v128.const i32x4 0 0 0 0))
        (local.set $s11 (v128.const i32x4 0 0 0 0))
        (local.set $s21 (v128.const i32x4 0 0 0 0))
        (local.set $s31 (v128.const i32x4 0 0 0 0))
        (loop $numbers
          (local.set $x (v128.load (i32.add (local.get $b) (local.get $at))))
          (local.set $y (v128.load (i32.add (local.get $b1) (local.get $at))))
          (local.set $left (v128.load (i32.add (local.get $a) (local.get $at))))
          (local.set $s00 (i32x4.add (local.get $s00) (i32x4.dot_i16x8_s (local.get $left) (local.get $x))))
          (local.set $s01 (i32x4.add (local.get $s01) (i32x4.dot_i16x8_s (local.get $left) (local.get $y))))
          (local.set $left (v128.load (i32.add (local.get $a1) (local.get $at))))
          (local.set $s10 (i32x4.add (local.get $s10) (i32x4.dot_i16x8_s (local.get $left) (local.get $x))))
          (local.set $s11 (i32x4.add (local.get $s11) (i32x4.dot_i16x8_s (local.get $left) (local.get $y))))
          (local.set $left (v128.load (i32.add (local.get $a2) (local.get $at))))
          (local.set $s20 (i32x4.add (local.get $s20) (i32x4.dot_i16x8_s (local.get $left) (local.get $x))))
          (local.set $s21 (i32x4.add (local.get $s21) (i32x4.dot_i16x8_s (local.get $left) (local.get $y))))
          (local.set $left (v128.load (i32.add (local.get $a3) (local.get $at))))
          (local.set $s30 (i32x4.add (local.get $s30) (i32x4.dot_i16x8_s (local.get $left) (local.get $x))))
          (local.set $s31 (i32x4.add (local.get $s31) (i32x4.dot_i16x8_s (local.get $left) (local.get $y))))
          (br_if $numbers (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $stride))))
        (i64.store (local.get $out) (call $pair (local.get $s00) (local.get $s01)))
        (i64.store (i32.add (local.get $out) (local.get $width)) (call $pair (local.get $s10) (local.get $s11)))
        (i64.store (i32.add (local.get $out) (i32.mul (local.get $width) (i32.const 2))) (call $pair (local.get $s20) (local.get $s21)))
        (i64.store (i32.add (local.get $out) (i32.mul (local.get $width) (i32.const 3))) (call $pair (local.get $s30) (local.get $s31)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $column (i32.add (local.get $column) (i32.const 2)))
        (br $columns))))

  (func $pair (param $first v128) (param $second v128) (result i64)
    (i64.or
      (i64.extend_i32_u (call $sum (local.get $first)))
      (i64.shl (i64.extend_i32_u (call $sum (local.get $second))) (i64.const 32)))))
