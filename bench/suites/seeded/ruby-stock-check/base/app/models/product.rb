# A product of the shop; `stock` is never below zero.
class Product < ApplicationRecord
  class OutOfStock < StandardError; end

  def available?(pieces)
    stock >= pieces
  end
end
