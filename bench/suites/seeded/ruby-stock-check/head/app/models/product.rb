# A product of the shop; `stock` is never below zero.
class Product < ApplicationRecord
  class OutOfStock < StandardError; end

  def available?(pieces)
    stock >= pieces
  end

  def take!(pieces)
    raise OutOfStock, name unless available?(pieces)

    update!(stock: stock - pieces)
  end
end
